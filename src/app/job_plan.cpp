#include "app/job_plan.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "app/duration.h"
#include "app/job_survey.h"
#include "app/option_ranges.h"
#include "app/read_lists.h"
#include "app/run_memory.h"
#include "app/run_plan.h"
#include "app/stage_bounds.h"
#include "app/stage_devices.h"

namespace ionloom::app {
namespace {

constexpr std::uint32_t kSamples = 400;
constexpr double kTail = (1 - kPlanLevel) / 2;
constexpr double kHour_usd = 1;

plan::Goal goal_of(const PlanOptions& options) {
  if (options.deadline_s) return plan::Deadline{*options.deadline_s};
  if (options.budget_usd) return plan::Budget{*options.budget_usd};
  return plan::Weight{options.hour_usd.value_or(kHour_usd) / 3600};
}

plan::PlanProblem problem_of(const Job& job, std::vector<plan::Backend> places) {
  std::uint64_t longest = 0;
  for (const imzml::Spectrum& spectrum : job.dataset.spectra) {
    longest = std::max(longest, spectrum.mz.length);
  }
  // A task of a backend is one thread of a machine that is as fast as the backend's figures say.
  const auto predict = [&job](plan::Stage stage, const std::string& machine,
                              const plan::WorkCounts& task) {
    plan::Device device = stage_device(stage, job.settings, "native", false, machine);
    device.threads = 1;
    const plan::StagePrediction predicted =
        plan::predict_stage(job.known.models, device, stage, task, kPlanLevel);
    return plan::Prediction{.seconds = predicted.seconds, .spread_log = predicted.spread_log};
  };
  return {.job = job.counts,
          .places = std::move(places),
          .predict = predict,
          .memory_bound = stage_bounds(job.settings.annotation, job.pixels.grid, longest),
          .may_merge = false};  // docs/decisions/009-no-merge-task.md
}

}  // namespace

Result<Job> read_job(const AnnotateOptions& options) {
  if (auto checked = check_ranges(options); !checked) return std::unexpected(checked.error());
  Job job;
  auto dataset = imzml::open_dataset(options.dataset, {.strict = options.strict});
  if (!dataset) return std::unexpected(dataset.error());
  job.dataset = std::move(*dataset);
  auto lists = read_lists(options.molecules, options.fixes, job.warnings);
  if (!lists) return std::unexpected(lists.error());
  job.lists = std::move(*lists);
  auto settings = resolve_settings(options, job.dataset, job.lists.lists, job.warnings);
  if (!settings) return std::unexpected(settings.error());
  job.settings = std::move(*settings);
  auto pixels = exec::index_dataset(job.dataset);
  if (!pixels) return std::unexpected(pixels.error());
  job.pixels = std::move(*pixels);
  const auto counts = survey_job(job.dataset, job.pixels, job.lists.lists, job.settings.annotation);
  if (!counts) return std::unexpected(counts.error());
  job.counts = *counts;
  job.known = learn_again();
  if (!job.known.trouble.empty()) job.warnings.add("models", job.known.trouble);
  return job;
}

Result<TaskPlan> plan_tasks(const Job& job, const PlanOptions& options,
                            std::vector<plan::Backend> places) {
  TaskPlan made{
      .problem = problem_of(job, std::move(places)),
      .goal = goal_of(options),
      .planner = plan::planner_from_name(options.planner).value_or(plan::Planner::kExact)};
  made.is_simulated = std::ranges::any_of(made.problem.places, &plan::Backend::is_simulated);
  plan::StageEstimator estimator(made.problem);
  const std::uint64_t ibd_bytes = job.dataset.ibd_size_bytes;
  made.front = plan::best_plans(made.problem);
  for (const plan::Planner rule : {plan::Planner::kMetaspace, plan::Planner::kNote,
                                   plan::Planner::kDitto, plan::Planner::kFixed}) {
    RulePlan ruled{.planner = rule,
                   .plan = plan::rule_plan(rule, made.problem, estimator, ibd_bytes, made.goal)};
    if (ruled.plan) {
      ruled.makespan_s =
          plan::plan_makespan(made.problem, *ruled.plan, kSamples, 1).quantile_s(0.5);
    }
    made.rules.push_back(std::move(ruled));
  }
  if (made.planner == plan::Planner::kExact) {
    auto chosen = plan::plan_for(made.front, made.goal);
    if (!chosen) return std::unexpected(chosen.error());
    made.chosen = std::move(*chosen);
  } else {
    const auto rule = std::ranges::find(made.rules, made.planner, &RulePlan::planner);
    if (!rule->plan) {
      return usage_error(fmt::format(
          "the plan of --planner {} is not possible there: a task needs more memory or time than "
          "any function has",
          options.planner));
    }
    made.chosen = *rule->plan;
  }
  for (std::size_t i = 0; i < plan::kPlannedStages.size(); ++i) {
    made.next_best.push_back(
        made.chosen.choices[i].is_skipped
            ? std::nullopt
            : plan::next_best(made.problem, estimator, made.chosen, i, made.goal));
  }
  const plan::Makespan makespan = plan::plan_makespan(made.problem, made.chosen, 1000, 1);
  made.median_s = makespan.quantile_s(0.5);
  made.least_s = makespan.quantile_s(kTail);
  made.most_s = makespan.quantile_s(1 - kTail);
  return made;
}

Result<LocalPlan> plan_threads(const Job& job, const PlanOptions& options) {
  const std::string machine = this_machine();
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  LocalPlan made;
  std::vector<plan::RunTimes> runs;
  std::optional<Error> short_of_memory;
  for (std::uint32_t threads = 1; threads <= cores; ++threads) {
    RunSettings settings = job.settings;
    set_threads(settings, threads);
    const auto memory = plan_memory(job.dataset, job.pixels, options.job, job.lists, settings);
    if (!memory) {
      if (!short_of_memory) short_of_memory = memory.error();
      continue;
    }
    const auto device_of = [&](plan::Stage stage) {
      return stage_device(stage, settings, "native", memory->disk_bytes > 0, machine);
    };
    const plan::ThreadPlan plan(job.known.models, device_of, job.counts, kPlanLevel);
    const plan::RunTimes& run = runs.emplace_back(plan.times());
    made.choices.push_back({.threads = threads,
                            .median_s = run.median_s,
                            .least_s = run.least_s,
                            .most_s = run.most_s,
                            .memory_bound_bytes = memory->bound_bytes,
                            .disk_bytes = memory->disk_bytes,
                            .stages = {plan.stages().begin(), plan.stages().end()}});
  }
  if (made.choices.empty()) return std::unexpected(*short_of_memory);
  made.threads = made.choices[plan::surely_soonest(runs)].threads;
  if (!options.deadline_s) return made;
  const auto enough = std::ranges::find_if(made.choices, [&](const LocalPlan::Choice& choice) {
    return choice.most_s <= *options.deadline_s;
  });
  if (enough != made.choices.end()) {
    made.threads = enough->threads;
    return made;
  }
  const auto fastest = std::ranges::min_element(made.choices, {}, &LocalPlan::Choice::median_s);
  return usage_error(fmt::format(
      "no number of threads is done in {}; the best possible is {} with {} (in 19 of 20 runs; {} "
      "in half of them)",
      readable_duration(*options.deadline_s), readable_duration(fastest->most_s),
      fastest->threads == 1 ? "one" : std::to_string(fastest->threads),
      readable_duration(fastest->median_s)));
}

}  // namespace ionloom::app
