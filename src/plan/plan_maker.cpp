#include "plan/plan_maker.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "plan/plan_search.h"

namespace ionloom::plan {
namespace {

constexpr std::size_t kFirstOfMolecules = 3;  ///< in kPlannedStages
constexpr std::size_t kFirstOfBoth = 5;
constexpr std::uint32_t kMostTasks = 2048;

State encode(const PlanState& state) {
  State code = state.tasks;
  const auto append = [&](std::uint32_t value, int bits) { code = code << bits | value; };
  append(state.place, 4);
  append(state.memory_class, 5);
  append(state.tier, 3);
  append(state.is_merged ? 1 : 0, 1);
  append(state.ion_tables, 12);
  append(state.ion_place, 4);
  append(state.ion_tier, 3);
  append(state.machines, 15);
  return code;
}

PlanState decode(State code) {
  const auto take = [&](int bits) {
    const auto value = static_cast<std::uint32_t>(code & ((State{1} << bits) - 1));
    code >>= bits;
    return value;
  };
  PlanState state;
  state.machines = take(15);
  state.ion_tier = take(3);
  state.ion_place = take(4);
  state.ion_tables = take(12);
  state.is_merged = take(1) == 1;
  state.tier = take(3);
  state.memory_class = take(5);
  state.place = take(4);
  state.tasks = static_cast<std::uint32_t>(code);
  return state;
}

PlanState meet(const PlanState& dataset, const PlanState& molecules) {
  PlanState state = dataset;
  state.ion_tables = molecules.tasks;
  state.ion_place = molecules.place;
  state.ion_tier = molecules.tier;
  state.machines = 0;
  return state;
}

/// One machine cannot work on both branches at the same time.
bool is_parallel(const PlanState& dataset, const PlanState& molecules) {
  return (dataset.machines & molecules.machines) == 0;
}

std::vector<std::uint32_t> task_numbers(Stage stage, const JobCounts& job) {
  const std::uint64_t most = std::min<std::uint64_t>(most_tasks(stage, job), kMostTasks);
  const double factor = stage == Stage::kAnnotate ? std::numbers::sqrt2 : 2;
  std::vector<std::uint32_t> numbers;
  for (double next = 1; next < static_cast<double>(most) + 0.5; next *= factor) {
    const auto number = static_cast<std::uint32_t>(std::lround(next));
    if (numbers.empty() || number != numbers.back()) numbers.push_back(number);
  }
  return numbers;
}

/// Whether a task in the class could be as fast for less or the same in another one that is large
/// enough whatever the choices before.
bool is_dominated(const Backend& place, std::size_t which, std::uint64_t most_bytes) {
  if (place.kind != BackendKind::kFunctions) return false;
  const MemoryClass& of = place.classes[which];
  for (std::size_t i = 0; i < place.classes.size(); ++i) {
    const MemoryClass& other = place.classes[i];
    if (i == which || other.memory_bytes < most_bytes) continue;
    const bool is_no_worse =
        other.price_s_usd <= of.price_s_usd && std::min(other.cpus, 1.0) >= std::min(of.cpus, 1.0);
    const bool is_better =
        other.price_s_usd < of.price_s_usd || std::min(other.cpus, 1.0) > std::min(of.cpus, 1.0);
    if (is_no_worse && (is_better || i < which)) return true;
  }
  return false;
}

void append_choices(const PlanProblem& problem, Stage stage, std::uint32_t tasks,
                    std::uint32_t place_number, std::vector<StageChoice>& options) {
  const Backend& place = problem.places[place_number];
  WorkCounts share = task_share(stage_counts(stage, problem.job), tasks);
  share[Count::kRuns] = kMostTasks;
  const std::uint64_t most_bytes = problem.memory_bound(stage, share);
  const bool may_fuse = tasks == 1 && stage != Stage::kIndex && stage != Stage::kIons;
  for (std::uint32_t memory = 0; memory < place.classes.size(); ++memory) {
    // The only task of a stage may carry others, which need other classes.
    if (tasks > 1 && is_dominated(place, memory, most_bytes)) continue;
    for (std::uint32_t tier = 0; tier < place.tiers.size(); ++tier) {
      StageChoice choice{
          .tasks = tasks, .place = place_number, .memory_class = memory, .tier = tier};
      options.push_back(choice);
      choice.is_fused = true;
      if (may_fuse) options.push_back(choice);
    }
  }
}

Plan plan_from(StageEstimator& estimator, const PlanSearch& search, const Label& label,
               const std::vector<std::vector<StageChoice>>& options) {
  const std::vector<std::uint32_t> numbers = search.options_of(label);
  std::vector<StageChoice> choices;
  choices.reserve(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) choices.push_back(options[i][numbers[i]]);
  return evaluate_plan(estimator, choices).value_or(Plan{});
}

}  // namespace

std::vector<StageChoice> stage_options(const PlanProblem& problem, Stage stage) {
  std::vector<StageChoice> options;
  if (stage == Stage::kMerge) options.push_back({.is_skipped = true});
  for (const std::uint32_t tasks : task_numbers(stage, problem.job)) {
    for (std::uint32_t place = 0; place < problem.places.size(); ++place) {
      append_choices(problem, stage, tasks, place, options);
    }
  }
  return options;
}

std::optional<Plan> evaluate_plan(StageEstimator& estimator,
                                  const std::vector<StageChoice>& choices) {
  Plan plan{.choices = choices};
  PlanState dataset;
  PlanState state;
  double dataset_s = 0;
  for (std::size_t i = 0; i < kPlannedStages.size(); ++i) {
    if (i == kFirstOfMolecules) {
      dataset = state;
      dataset_s = plan.time_s;
      state = {};
      plan.time_s = 0;
    } else if (i == kFirstOfBoth) {
      plan.time_s =
          is_parallel(dataset, state) ? std::max(dataset_s, plan.time_s) : dataset_s + plan.time_s;
      state = meet(dataset, state);
    }
    auto estimate = estimator.estimate(kPlannedStages[i], choices[i], state);
    if (!estimate) return std::nullopt;
    state = estimate->leaves;
    plan.time_s += estimate->time_s;
    plan.cost_usd += estimate->cost_usd;
    plan.gb_s += estimate->gb_s;
    plan.stages.push_back(*estimate);
  }
  return plan;
}

std::vector<Plan> best_plans(const PlanProblem& problem) {
  StageEstimator estimator(problem);
  PlanSearch search;
  std::vector<std::vector<StageChoice>> options;
  Fronts dataset;
  Fronts fronts = search.start(encode({}));
  for (std::size_t i = 0; i < kPlannedStages.size(); ++i) {
    if (i == kFirstOfMolecules) {
      dataset = std::move(fronts);
      fronts = search.start(encode({}));
    } else if (i == kFirstOfBoth) {
      fronts = search.join(dataset, fronts, [](State a, State b) {
        return PlanSearch::Meeting{encode(meet(decode(a), decode(b))),
                                   is_parallel(decode(a), decode(b))};
      });
    }
    const Stage stage = kPlannedStages[i];
    options.push_back(stage_options(problem, stage));
    const std::vector<StageChoice>& choices = options.back();
    fronts = search.extend(
        fronts, static_cast<std::uint32_t>(choices.size()),
        [&](State from, std::uint32_t option) -> std::optional<Step> {
          const auto estimate = estimator.estimate(stage, choices[option], decode(from));
          if (!estimate) return std::nullopt;
          return Step{estimate->time_s, estimate->cost_usd, encode(estimate->leaves)};
        });
  }
  std::vector<Plan> plans;
  const ParetoFront front = merged(fronts);
  plans.reserve(front.labels().size());
  for (const Label& label : front.labels()) {
    plans.push_back(plan_from(estimator, search, label, options));
  }
  return plans;
}

Result<Plan> plan_for(const std::vector<Plan>& best, const Goal& goal) {
  ParetoFront front;
  for (std::uint32_t i = 0; i < best.size(); ++i) {
    front.add({best[i].time_s, best[i].cost_usd, i});
  }
  const auto point = choose_point(front, goal);
  if (!point) return std::unexpected(point.error());
  return best[point->path];
}

Makespan plan_makespan(const PlanProblem& problem, const Plan& plan, std::uint32_t samples,
                       std::uint64_t seed) {
  std::vector<TaskPool> pools;
  std::vector<StageLoad> loads;
  std::vector<std::uint32_t> machine_pool(problem.places.size(), UINT32_MAX);
  std::optional<std::uint32_t> before;
  std::optional<std::uint32_t> end_of_dataset;
  std::optional<StageLoad> images;
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    if (i == kFirstOfMolecules) end_of_dataset = std::exchange(before, std::nullopt);
    const StageChoice& choice = plan.choices[i];
    const StageEstimate& stage = plan.stages[i];
    if (choice.is_skipped) continue;
    const Backend& place = problem.places[choice.place];
    const bool is_functions = place.kind == BackendKind::kFunctions;
    std::uint32_t& shared = machine_pool[choice.place];
    std::uint32_t pool = shared;
    if (is_functions || shared == UINT32_MAX) {
      pool = static_cast<std::uint32_t>(pools.size());
      pools.push_back({.slots = static_cast<std::uint32_t>(std::min(stage.slots, 1e6)),
                       .start_up_median_s = choice.is_fused ? 0 : place.start_up_median_s,
                       .start_up_spread_log = place.start_up_spread_log,
                       .is_functions = is_functions});
      if (!is_functions) shared = pool;
    }
    StageLoad load{.task_median_s = std::vector<double>(choice.tasks, stage.task_s),
                   .spread_log = stage.spread_log,
                   .pool = pool};
    if (before) load.after.push_back(*before);
    if (i == kFirstOfBoth && end_of_dataset) load.after.push_back(*end_of_dataset);
    before = static_cast<std::uint32_t>(loads.size());
    loads.push_back(std::move(load));
    if (stage.image_tasks > 0) {
      images =
          StageLoad{.task_median_s = std::vector<double>(stage.image_tasks, stage.image_task_s),
                    .spread_log = stage.image_spread_log,
                    .pool = pool};
    }
  }
  if (images && before) {  // they follow rank
    images->after = {*before};
    loads.push_back(std::move(*images));
  }
  return simulate_makespan(loads, pools, samples, seed);
}

}  // namespace ionloom::plan
