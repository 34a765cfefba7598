#include "plan/plan_problem.h"

#include <algorithm>
#include <cmath>

#include "plan/normal_quantile.h"

namespace ionloom::plan {
namespace {

/// Of a task's time limit, so much may be planned: the rest is left to stages fused with it and to
/// tasks that are slow.
constexpr double kPlannedShare = 0.5;
constexpr double kFusedShare = 1.0 / 16;

bool is_near(const std::string& tier) {
  return tier == "memory" || tier == "disk";
}

/// The tier of `reader` that holds what was written to a tier of `writer`; objects in memory or on
/// disk stay at their place.
const StorageTier* reached(const Backend& reader, const Backend& writer, std::uint32_t tier,
                           bool is_same_place) {
  const std::string& name = writer.tiers[tier].name;
  if (is_near(name) && !is_same_place) return nullptr;
  const auto found = std::ranges::find(reader.tiers, name, &StorageTier::name);
  return found == reader.tiers.end() ? nullptr : &*found;
}

/// Where the dataset and the lists lie: not in memory.
const StorageTier* source_tier(const Backend& place) {
  const auto found = std::ranges::find_if(
      place.tiers, [](const StorageTier& tier) { return tier.name != "memory"; });
  return found == place.tiers.end() ? nullptr : &*found;
}

bool reads_source(Stage stage) {
  return stage == Stage::kIndex || stage == Stage::kIngest || stage == Stage::kIons;
}

/// CPUs that a task of one thread can use.
double speed(const Backend& place, const MemoryClass& of) {
  return place.kind == BackendKind::kFunctions ? std::min(of.cpus, 1.0) : 1.0;
}

bool is_fusible(const StageChoice& choice, const PlanState& from) {
  return choice.tasks == 1 && from.tasks == 1 && choice.place == from.place &&
         choice.memory_class == from.memory_class;
}

PlanState state_after(Stage stage, const StageChoice& choice, const PlanState& from,
                      bool is_machine) {
  PlanState state = from;
  state.tasks = choice.tasks;
  state.place = choice.place;
  state.memory_class = choice.tasks == 1 ? choice.memory_class : 0;
  state.tier = choice.tier;
  state.is_merged = stage == Stage::kMerge;
  if (stage == Stage::kAnnotate || stage == Stage::kRank) {
    state.ion_tables = 0;
    state.ion_place = PlanState::kNowhere;
    state.ion_tier = 0;
    state.machines = 0;  // of interest only until the branches have met
  } else if (is_machine) {
    state.machines |= 1U << choice.place;
  }
  return state;
}

}  // namespace

double stage_quantile_s(double task_median_s, double spread_log, double tasks, double slots,
                        double quantile) {
  const double active = std::max(1.0, std::min(tasks, slots));
  const double waves = std::max(1.0, std::ceil(tasks / slots));
  const double slowest = std::exp(spread_log * normal_quantile(std::pow(quantile, 1 / active)));
  return task_median_s * ((waves - 1) * std::exp(spread_log * spread_log / 2) + slowest);
}

const StageEstimator::TaskWork& StageEstimator::work_of(Stage stage, std::uint32_t place,
                                                        std::uint32_t tasks, std::uint32_t runs) {
  const auto [found, is_new] =
      remembered_.try_emplace({static_cast<std::uint32_t>(stage), place, tasks, runs});
  if (is_new) {
    WorkCounts share = task_share(stage_counts(stage, problem_.job), tasks);
    share[Count::kRuns] = runs;
    const Prediction prediction = problem_.predict(stage, problem_.places[place].device, share);
    found->second = {.cpu_s = prediction.seconds,
                     .spread_log = prediction.spread_log,
                     .bound_bytes = problem_.memory_bound(stage, share)};
  }
  return found->second;
}

std::optional<StageEstimate> StageEstimator::estimate_alone(Stage stage, const StageChoice& choice,
                                                            const PlanState& from) {
  const Backend& place = problem_.places[choice.place];
  const MemoryClass& memory = place.classes[choice.memory_class];
  const bool is_functions = place.kind == BackendKind::kFunctions;
  if (choice.is_fused && !is_fusible(choice, from)) return std::nullopt;

  const bool uses_runs =
      stage == Stage::kMerge || stage == Stage::kAnnotate || stage == Stage::kImages;
  const TaskWork& work =
      work_of(stage, choice.place, choice.tasks, uses_runs ? std::max(from.tasks, 1U) : 0);
  if (work.bound_bytes > memory.memory_bytes) return std::nullopt;

  StageExchange exchange = stage_exchange(stage, problem_.job, choice.tasks,
                                          {.runs = std::max(from.tasks, 1U),
                                           .are_merged = from.is_merged,
                                           .ion_tables = std::max(from.ion_tables, 1U),
                                           .metric_objects = std::max(from.tasks, 1U)});
  const StorageTier* read = reads_source(stage) ? source_tier(place)
                                                : reached(place, problem_.places[from.place],
                                                          from.tier, choice.place == from.place);
  if (read == nullptr) return std::nullopt;
  if (from.ion_tables > 0 && reached(place, problem_.places[from.ion_place], from.ion_tier,
                                     choice.place == from.ion_place) == nullptr) {
    return std::nullopt;
  }
  if (choice.is_fused && !reads_source(stage) && from.ion_tables == 0) exchange.read = {};
  const StorageTier& write = place.tiers[choice.tier];

  StageEstimate estimate;
  estimate.slots = place.slots(memory, work.bound_bytes);
  const double active = std::min<double>(choice.tasks, estimate.slots);
  estimate.task_s = work.cpu_s / speed(place, memory) +
                    exchange_s(read->read, exchange.read, active) +
                    exchange_s(write.write, exchange.write, active);
  estimate.spread_log = work.spread_log;
  estimate.memory_bound_bytes = work.bound_bytes;
  const double slowest_s =
      stage_quantile_s(estimate.task_s, work.spread_log, active, active, problem_.quantile);
  if (slowest_s > place.time_limit_s * (choice.is_fused ? kFusedShare : kPlannedShare)) {
    return std::nullopt;
  }

  const bool starts_machine =
      !is_functions && choice.place != from.place && choice.place != from.ion_place;
  const bool starts = !choice.is_fused && (is_functions || starts_machine);
  if (starts) estimate.start_up_s = place.start_up_median_s;
  const double start_s = starts
                             ? stage_quantile_s(place.start_up_median_s, place.start_up_spread_log,
                                                is_functions ? active : 1,
                                                is_functions ? active : 1, problem_.quantile)
                             : 0;
  estimate.time_s = start_s + stage_quantile_s(estimate.task_s, work.spread_log, choice.tasks,
                                               estimate.slots, problem_.quantile);

  const double mean_s = estimate.task_s * std::exp(work.spread_log * work.spread_log / 2);
  const double least_s = starts ? place.least_billed_s : 0;
  estimate.cost_usd = is_functions ? choice.tasks * memory.price_s_usd * std::max(mean_s, least_s)
                                   : memory.price_s_usd * std::max(estimate.time_s, least_s);
  constexpr double kGb = 1024.0 * 1024 * 1024;
  estimate.gb_s = static_cast<double>(memory.memory_bytes) / kGb *
                  (is_functions ? choice.tasks * std::max(mean_s, least_s)
                                : std::max(estimate.time_s, least_s));
  if (!choice.is_fused) estimate.cost_usd += choice.tasks * place.price_request_usd;
  estimate.cost_usd += choice.tasks * (exchange.read.requests * read->price_read_usd +
                                       exchange.write.requests * write.price_write_usd);
  estimate.leaves = state_after(stage, choice, from, !is_functions);
  return estimate;
}

std::optional<StageEstimate> StageEstimator::estimate(Stage stage, const StageChoice& choice,
                                                      const PlanState& from) {
  if (choice.is_skipped) {
    if (stage != Stage::kMerge) return std::nullopt;
    return StageEstimate{.leaves = from};
  }
  if (stage == Stage::kMerge && (!problem_.may_merge || from.tasks < 2)) return std::nullopt;
  auto estimate = estimate_alone(stage, choice, from);
  if (!estimate || stage != Stage::kAnnotate) return estimate;

  StageChoice images = choice;
  images.tasks = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(choice.tasks, most_tasks(Stage::kImages, problem_.job)));
  const auto second = estimate_alone(Stage::kImages, images, from);
  if (!second) return std::nullopt;
  // A machine that annotate started is still up.
  const bool is_up = problem_.places[choice.place].kind != BackendKind::kFunctions;
  estimate->time_s += second->time_s - (is_up ? second->start_up_s : 0);
  estimate->cost_usd += second->cost_usd;
  estimate->gb_s += second->gb_s;
  estimate->image_tasks = images.tasks;
  estimate->image_task_s = second->task_s;
  estimate->image_spread_log = second->spread_log;
  estimate->memory_bound_bytes = std::max(estimate->memory_bound_bytes, second->memory_bound_bytes);
  return estimate;
}

}  // namespace ionloom::plan
