#include "app/plan_json.h"

#include <nlohmann/json.hpp>

#include "app/run_plan.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;

Json counts_json(const plan::WorkCounts& work) {
  Json json = Json::object();
  for (const plan::Count count : plan::kCounts) {
    if (work[count] > 0) json[std::string(plan::count_name(count))] = work[count];
  }
  return json;
}

Json job_json(const Job& job) {
  const plan::JobCounts& counts = job.counts;
  return {{"dataset", job.dataset.imzml_path.string()},
          {"spectra", counts.spectra},
          {"peaks", counts.peaks},
          {"pixels", counts.pixels},
          {"lists", counts.lists},
          {"formulas", counts.formulas},
          {"ions", counts.ions},
          {"window_peaks", counts.window_peaks},
          {"image_ions", counts.image_ions}};
}

Json choice_json(const plan::PlanProblem& problem, const plan::StageChoice& choice) {
  const plan::Backend& place = problem.places[choice.place];
  return {{"tasks", choice.tasks},
          {"place", place.name},
          {"memory_bytes", place.classes[choice.memory_class].memory_bytes},
          {"tier", place.tiers[choice.tier].name},
          {"fused", choice.is_fused}};
}

Json totals_json(const plan::Plan& plan) {
  return {{"time_s", plan.time_s}, {"cost_usd", plan.cost_usd}, {"gb_s", plan.gb_s}};
}

Json stage_json(const TaskPlan& made, std::size_t i) {
  const plan::StageEstimate& stage = made.chosen.stages[i];
  Json json = {{"stage", plan::stage_name(plan::kPlannedStages[i])}};
  json.update(choice_json(made.problem, made.chosen.choices[i]));
  json["memory_bound_bytes"] = stage.memory_bound_bytes;
  json["start_up_s"] = stage.start_up_s;
  json["task_s"] = stage.task_s;
  json["spread_log"] = stage.spread_log;
  json["slots"] = stage.slots;
  json["time_s"] = stage.time_s;
  json["cost_usd"] = stage.cost_usd;
  json["gb_s"] = stage.gb_s;
  json["image_tasks"] = stage.image_tasks;
  json["next_best"] = nullptr;
  if (const auto& other = made.next_best[i]) {
    json["next_best"] = choice_json(made.problem, other->choice);
    json["next_best"]["more_time_s"] = other->more_time_s;
    json["next_best"]["more_cost_usd"] = other->more_cost_usd;
    json["next_best"]["misses_goal"] = other->misses_goal;
  }
  return json;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

constexpr int kVersion = 1;

}  // namespace

std::string plan_json(const Job& job, const TaskPlan& made) {
  Json backends = Json::array();
  for (const plan::Backend& place : made.problem.places) {
    backends.push_back(
        {{"name", place.name}, {"title", place.title}, {"simulated", place.is_simulated()}});
  }
  Json stages = Json::array();
  for (std::size_t i = 0; i < plan::kPlannedStages.size(); ++i) {
    if (!made.chosen.choices[i].is_skipped) stages.push_back(stage_json(made, i));
  }
  Json front = Json::array();
  for (const plan::Plan& plan : made.front) front.push_back(totals_json(plan));
  Json rules = Json::array();
  for (const RulePlan& rule : made.rules) {
    Json json = {{"planner", plan::planner_name(rule.planner)},
                 {"possible", rule.plan.has_value()}};
    if (rule.plan) {
      json.update(totals_json(*rule.plan));
      json["median_s"] = rule.makespan_s;
    }
    rules.push_back(std::move(json));
  }
  return dumped({{"ionloom_plan", kVersion},
                 {"kind", "tasks"},
                 {"planner", plan::planner_name(made.planner)},
                 {"simulated", made.is_simulated},
                 {"backends", std::move(backends)},
                 {"job", job_json(job)},
                 {"quantile", made.problem.quantile},
                 {"time_s", made.chosen.time_s},
                 {"median_s", made.median_s},
                 {"least_s", made.least_s},
                 {"most_s", made.most_s},
                 {"level", kPlanLevel},
                 {"cost_usd", made.chosen.cost_usd},
                 {"gb_s", made.chosen.gb_s},
                 {"stages", std::move(stages)},
                 {"pareto", std::move(front)},
                 {"rules", std::move(rules)}});
}

std::string plan_json(const Job& job, const LocalPlan& made) {
  const LocalPlan::Choice& chosen = made.chosen();
  Json stages = Json::array();
  for (const plan::PlannedStage& stage : chosen.stages) {
    stages.push_back({{"stage", plan::stage_name(stage.stage)},
                      {"work", counts_json(stage.work)},
                      {"seconds", stage.before.seconds},
                      {"least_s", stage.before.range.least_s},
                      {"most_s", stage.before.range.most_s},
                      {"level", stage.before.range.level},
                      {"basis", plan::basis_text(stage.before.basis)}});
  }
  Json choices = Json::array();
  for (const LocalPlan::Choice& choice : made.choices) {
    choices.push_back({{"threads", choice.threads},
                       {"median_s", choice.median_s},
                       {"least_s", choice.least_s},
                       {"most_s", choice.most_s},
                       {"memory_bound_bytes", choice.memory_bound_bytes},
                       {"disk_bytes", choice.disk_bytes}});
  }
  return dumped({{"ionloom_plan", kVersion},
                 {"kind", "threads"},
                 {"machine", this_machine()},
                 {"job", job_json(job)},
                 {"threads", chosen.threads},
                 {"median_s", chosen.median_s},
                 {"least_s", chosen.least_s},
                 {"most_s", chosen.most_s},
                 {"level", kPlanLevel},
                 {"memory_bound_bytes", chosen.memory_bound_bytes},
                 {"disk_bytes", chosen.disk_bytes},
                 {"stages", std::move(stages)},
                 {"choices", std::move(choices)}});
}

}  // namespace ionloom::app
