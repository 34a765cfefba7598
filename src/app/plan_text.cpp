#include "app/plan_text.h"

#include <cmath>

#include <fmt/core.h>

#include "app/duration.h"
#include "app/progress_line.h"
#include "app/run_plan.h"

namespace ionloom::app {
namespace {

std::string usd(double value) {
  return fmt::format("${:.3g}", value);
}

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20);
}

std::string job_text(const Job& job) {
  const plan::JobCounts& counts = job.counts;
  return fmt::format(
      "{}  {} spectra, {} peaks, {} x {} pixels\nwork  {} formulas, about {} ions with {} peaks in "
      "their windows, {} of them with images\n",
      job.dataset.imzml_path.filename().string(), with_separators(counts.spectra),
      with_separators(counts.peaks), job.pixels.grid.width, job.pixels.grid.height,
      with_separators(counts.formulas), with_separators(counts.ions),
      with_separators(counts.window_peaks), with_separators(counts.image_ions));
}

/// "16 tasks of 1024 MiB on aws-lambda, to s3"
std::string choice_text(const plan::PlanProblem& problem, const plan::StageChoice& choice) {
  if (choice.is_skipped) return "not done";
  const plan::Backend& place = problem.places[choice.place];
  const std::string tasks =
      choice.is_fused ? "inside the task before"
                      : fmt::format("{} task{}", choice.tasks, choice.tasks == 1 ? "" : "s");
  return fmt::format("{} of {} on {}, to {}", tasks,
                     mebibytes(place.classes[choice.memory_class].memory_bytes), place.name,
                     place.tiers[choice.tier].name);
}

/// "12 % later", "$0.0021 more": how another choice compares.
std::string compared(const plan::NextBest& other, const plan::Plan& chosen) {
  const auto part = [](double more, double of, const char* worse, const char* better) {
    const double percent = of > 0 ? 100 * more / of : 0;
    if (std::abs(percent) < 0.05) return std::string();
    return fmt::format("{:.1f} % {}", std::abs(percent), percent > 0 ? worse : better);
  };
  const std::string time = part(other.more_time_s, chosen.time_s, "later", "sooner");
  const std::string cost = part(other.more_cost_usd, chosen.cost_usd, "dearer", "cheaper");
  std::string text = time + (time.empty() || cost.empty() ? "" : ", ") + cost;
  if (text.empty()) text = "as good";
  return text + (other.misses_goal ? ", misses the goal" : "");
}

std::string goal_text(const plan::Goal& goal) {
  if (const auto* deadline = std::get_if<plan::Deadline>(&goal)) {
    return fmt::format("the cheapest within {}", readable_duration(deadline->time_s));
  }
  if (const auto* budget = std::get_if<plan::Budget>(&goal)) {
    return fmt::format("the fastest for {}", usd(budget->cost_usd));
  }
  return fmt::format("an hour of waiting is worth {}",
                     usd(3600 * std::get<plan::Weight>(goal).usd_s));
}

std::string stages_text(const TaskPlan& made) {
  std::string text = fmt::format("\n{:<9} {:>6} {:>9} {:>9} {:>8} {:>19} {:>9}  {}\n", "stage",
                                 "tasks", "memory", "bound", "task", "stage", "cost", "where");
  for (std::size_t i = 0; i < plan::kPlannedStages.size(); ++i) {
    const plan::StageChoice& choice = made.chosen.choices[i];
    if (choice.is_skipped) continue;
    const plan::StageEstimate& stage = made.chosen.stages[i];
    const plan::Backend& place = made.problem.places[choice.place];
    // Half of all runs below the first, the stage's own quantile the second.
    const double median_s =
        plan::stage_quantile_s(stage.task_s, stage.spread_log, choice.tasks, stage.slots, 0.5) +
        stage.start_up_s;
    text += fmt::format(
        "{:<9} {:>6} {:>9} {:>9} {:>8} {:>19} {:>9}  {}{}, {}\n",
        plan::stage_name(plan::kPlannedStages[i]),
        choice.is_fused ? "fused" : std::to_string(choice.tasks),
        mebibytes(place.classes[choice.memory_class].memory_bytes),
        mebibytes(stage.memory_bound_bytes), readable_duration(stage.task_s),
        fmt::format("{} to {}", readable_duration(std::min(median_s, stage.time_s)),
                    readable_duration(stage.time_s)),
        usd(stage.cost_usd), place.name,
        stage.image_tasks > 0 ? fmt::format(", then {} of images", stage.image_tasks) : "",
        place.tiers[choice.tier].name);
  }
  text += "\nwhy this and not the next best\n";
  for (std::size_t i = 0; i < plan::kPlannedStages.size(); ++i) {
    if (!made.next_best[i]) continue;
    text += fmt::format("  {:<9} {}: {}\n", plan::stage_name(plan::kPlannedStages[i]),
                        choice_text(made.problem, made.next_best[i]->choice),
                        compared(*made.next_best[i], made.chosen));
  }
  return text;
}

}  // namespace

std::string plan_text(const Job& job, const TaskPlan& made, bool pareto) {
  std::string places;
  for (const plan::Backend& place : made.problem.places) {
    places += (places.empty() ? "" : "; ") + place.title;
  }
  std::string text = job_text(job);
  text += fmt::format("where {}{}\n", places,
                      made.is_simulated ? "\n      simulated: some of its figures are published or "
                                          "assumed, not measured by us"
                                        : "");
  text += fmt::format("plan  {} by {}: {} ({} to {} in 9 of 10 runs), {}, {:.4g} GB-s\n",
                      goal_text(made.goal), plan::planner_name(made.planner),
                      readable_duration(made.median_s), readable_duration(made.least_s),
                      readable_duration(made.most_s), usd(made.chosen.cost_usd), made.chosen.gb_s);
  text += stages_text(made);
  text += "\nrules of others for the same job\n";
  for (const RulePlan& rule : made.rules) {
    if (!rule.plan) {
      text += fmt::format("  {:<9} not possible there\n", plan::planner_name(rule.planner));
      continue;
    }
    text +=
        fmt::format("  {:<9} {}, {}, {:.4g} GB-s\n", plan::planner_name(rule.planner),
                    readable_duration(rule.makespan_s), usd(rule.plan->cost_usd), rule.plan->gb_s);
  }
  if (!pareto) return text;
  text += fmt::format("\n{} plans that none beats in time and cost\n", made.front.size());
  constexpr std::size_t kMostLines = 24;
  const std::size_t step = (made.front.size() + kMostLines - 1) / kMostLines;
  for (std::size_t i = 0; i < made.front.size(); i += step) {
    text += fmt::format("  {:>12} {:>12} {:>10.4g} GB-s\n", readable_duration(made.front[i].time_s),
                        usd(made.front[i].cost_usd), made.front[i].gb_s);
  }
  return text + "\n" + report::scatter_text(plan_picture(job, made));
}

std::string plan_text(const Job& job, const LocalPlan& made, bool pareto) {
  const LocalPlan::Choice& chosen = made.chosen();
  std::string text = job_text(job);
  text += fmt::format("where this machine, \"{}\"\n", this_machine());
  text += fmt::format(
      "plan  {} thread{}: {} ({} to {} in 9 of 10 runs), at most {} of memory{}\n\n",
      chosen.threads, chosen.threads == 1 ? "" : "s", readable_duration(chosen.median_s),
      readable_duration(chosen.least_s), readable_duration(chosen.most_s),
      readable_bytes(chosen.memory_bound_bytes),
      chosen.disk_bytes == 0 ? "" : " and " + readable_bytes(chosen.disk_bytes) + " of disk");
  text +=
      fmt::format("{:<9} {:>10} {:>22}  {}\n", "stage", "time", "in 9 of 10 runs", "known from");
  for (const plan::PlannedStage& stage : chosen.stages) {
    const plan::StagePrediction& before = stage.before;
    text += fmt::format(
        "{:<9} {:>10} {:>22}  {}\n", plan::stage_name(stage.stage),
        readable_duration(before.seconds),
        fmt::format("{} to {}{}", readable_duration(before.range.least_s),
                    readable_duration(before.range.most_s), before.range.level > 0 ? "" : " ?"),
        plan::basis_text(before.basis));
  }
  text += "\nwhy these threads and not others\n";
  for (const LocalPlan::Choice& choice : made.choices) {
    if (choice.threads == made.threads) continue;
    const bool is_unsure = choice.threads < made.threads && choice.median_s < chosen.median_s;
    text += fmt::format(
        "  {:<3} {} ({:+.0f} %{}), at most {} of memory\n", choice.threads,
        readable_duration(choice.median_s), 100 * (choice.median_s / chosen.median_s - 1),
        is_unsure ? ", but not surely" : "", readable_bytes(choice.memory_bound_bytes));
  }
  return pareto ? text + "\n" + report::scatter_text(plan_picture(job, made)) : text;
}

report::ScatterPicture plan_picture(const Job& job, const TaskPlan& made) {
  report::ScatterPicture picture{
      .title = fmt::format("plans for {}{}", job.dataset.imzml_path.stem().string(),
                           made.is_simulated ? " (simulated)" : ""),
      .x_title = fmt::format("time, s (every stage as long as {:.0f} % of its runs)",
                             100 * made.problem.quantile),
      .y_title = "cost, $",
      .chosen = {made.chosen.time_s, made.chosen.cost_usd,
                 std::string(plan::planner_name(made.planner))}};
  for (const plan::Plan& plan : made.front) picture.front.push_back({plan.time_s, plan.cost_usd});
  for (const RulePlan& rule : made.rules) {
    if (!rule.plan || rule.planner == made.planner) continue;
    picture.others.push_back(
        {rule.plan->time_s, rule.plan->cost_usd, std::string(plan::planner_name(rule.planner))});
  }
  return picture;
}

report::ScatterPicture plan_picture(const Job& job, const LocalPlan& made) {
  report::ScatterPicture picture{
      .title = fmt::format("{} on this machine", job.dataset.imzml_path.stem().string()),
      .x_title = "time, s",
      .y_title = "threads",
      .chosen = {made.chosen().median_s, static_cast<double>(made.threads), "chosen"}};
  for (const LocalPlan::Choice& choice : made.choices) {
    picture.front.push_back({choice.median_s, static_cast<double>(choice.threads)});
  }
  std::ranges::sort(picture.front, {}, &report::ScatterPoint::x);
  return picture;
}

}  // namespace ionloom::app
