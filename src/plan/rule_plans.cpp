#include "plan/rule_plans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "plan/ditto_rules.h"
#include "plan/metaspace_rules.h"
#include "plan/note_rules.h"

namespace ionloom::plan {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"exact", "metaspace", "note", "ditto", "fixed"};
/// Memory of a function with one CPU, which the note and Ditto take for granted.
constexpr std::uint64_t kOneCpuBytes = std::uint64_t{1769} << 20;
constexpr std::uint32_t kMostTasks = 2048;
/// The note's peak: m/z, intensity and pixel.
constexpr double kNotePeakBytes = 16;

std::uint64_t ceil_div(std::uint64_t value, std::uint64_t by) {
  return (value + by - 1) / by;
}

std::uint32_t place_of(const PlanProblem& problem, BackendKind kind) {
  const auto found = std::ranges::find(problem.places, kind, &Backend::kind);
  return found == problem.places.end() ? 0
                                       : static_cast<std::uint32_t>(found - problem.places.begin());
}

RuleChoice rule_choice(Planner planner, Stage stage, const JobCounts& job,
                       std::uint64_t ibd_bytes) {
  if (planner == Planner::kMetaspace) return metaspace_rule(stage, job, ibd_bytes);
  if (planner == Planner::kNote) {
    if (stage != Stage::kIngest) return metaspace_rule(stage, job, ibd_bytes);
    const NotePlan plan = note_plan(
        static_cast<double>(job.peaks) * kNotePeakBytes, {},
        static_cast<std::uint32_t>(std::min<std::uint64_t>(most_tasks(stage, job), kMostTasks)));
    return {.tasks = plan.upload, .memory_bytes = kOneCpuBytes};
  }
  RuleChoice choice{.memory_bytes = kOneCpuBytes};
  if (stage == Stage::kIngest) choice.tasks = ceil_div(job.peaks, kFixedPeaks);
  if (stage == Stage::kPatterns) choice.tasks = ceil_div(job.ions, kFixedPatternIons);
  if (stage == Stage::kAnnotate) choice.tasks = ceil_div(job.ions, kFixedAnnotateIons);
  if (stage == Stage::kRank) choice.tasks = job.lists;
  return choice;
}

/// The rule's tasks as a choice: the smallest class with enough memory, the tier of the place that
/// other places reach.
std::optional<StageChoice> choice_of(const PlanProblem& problem, Stage stage,
                                     const RuleChoice& rule) {
  StageChoice choice;
  choice.tasks = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      rule.tasks, 1, std::min<std::uint64_t>(kMostTasks, most_tasks(stage, problem.job))));
  choice.place =
      place_of(problem, rule.needs_machine ? BackendKind::kMachines : BackendKind::kFunctions);
  const Backend& place = problem.places[choice.place];
  WorkCounts share = task_share(stage_counts(stage, problem.job), choice.tasks);
  share[Count::kRuns] = kMostTasks;
  std::uint64_t needed = std::max(rule.memory_bytes, problem.memory_bound(stage, share));
  if (stage == Stage::kAnnotate) {  // images are made by the same choice
    WorkCounts images =
        task_share(stage_counts(Stage::kImages, problem.job),
                   std::min<std::uint64_t>(choice.tasks, most_tasks(Stage::kImages, problem.job)));
    images[Count::kRuns] = kMostTasks;
    needed = std::max(needed, problem.memory_bound(Stage::kImages, images));
  }
  auto fits = std::ranges::find_if(
      place.classes, [&](const MemoryClass& of) { return of.memory_bytes >= needed; });
  if (fits == place.classes.end()) return std::nullopt;
  choice.memory_class = static_cast<std::uint32_t>(fits - place.classes.begin());
  const auto shared = std::ranges::find_if(place.tiers, [](const StorageTier& tier) {
    return tier.name != "memory" && tier.name != "disk";
  });
  if (shared != place.tiers.end()) {
    choice.tier = static_cast<std::uint32_t>(shared - place.tiers.begin());
  }
  return choice;
}

std::optional<Plan> plan_of(const PlanProblem& problem, StageEstimator& estimator,
                            const std::vector<RuleChoice>& rules) {
  std::vector<StageChoice> choices;
  for (std::size_t i = 0; i < kPlannedStages.size(); ++i) {
    if (kPlannedStages[i] == Stage::kMerge) {
      choices.push_back({.is_skipped = true});
      continue;
    }
    const auto choice = choice_of(problem, kPlannedStages[i], rules[i]);
    if (!choice) return std::nullopt;
    choices.push_back(*choice);
  }
  return evaluate_plan(estimator, choices);
}

/// Ditto's division for every number of tasks in all that is a power of two; the best for the goal.
std::optional<Plan> ditto_plan(const PlanProblem& problem, StageEstimator& estimator,
                               const Goal& goal) {
  const std::uint32_t where = place_of(problem, BackendKind::kFunctions);
  std::vector<double> alpha_s;
  for (const Stage stage : kPlannedStages) {
    const bool can_be_cut = most_tasks(stage, problem.job) > 1 && stage != Stage::kMerge;
    const WorkCounts work = stage_counts(stage, problem.job);
    alpha_s.push_back(
        can_be_cut ? problem.predict(stage, problem.places[where].device, work).seconds : 0);
  }
  std::vector<Plan> plans;
  for (std::uint32_t tasks = kPlannedStages.size(); tasks <= 2 * kMostTasks; tasks *= 2) {
    const std::vector<std::uint32_t> division = ditto_rule(alpha_s, tasks);
    std::vector<RuleChoice> rules;
    rules.reserve(division.size());
    for (const std::uint32_t part : division) {
      rules.push_back({.tasks = part, .memory_bytes = kOneCpuBytes});
    }
    if (auto plan = plan_of(problem, estimator, rules)) plans.push_back(std::move(*plan));
  }
  if (plans.empty()) return std::nullopt;
  if (auto best = plan_for(plans, goal)) return *best;
  return *std::ranges::min_element(plans, {}, &Plan::time_s);
}

}  // namespace

std::string_view planner_name(Planner planner) {
  return kNames[static_cast<std::size_t>(planner)];
}

std::optional<Planner> planner_from_name(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Planner>(found - kNames.begin());
}

std::optional<Plan> rule_plan(Planner planner, const PlanProblem& problem,
                              StageEstimator& estimator, std::uint64_t ibd_bytes,
                              const Goal& goal) {
  if (planner == Planner::kDitto) return ditto_plan(problem, estimator, goal);
  std::vector<RuleChoice> rules;
  rules.reserve(kPlannedStages.size());
  for (const Stage stage : kPlannedStages) {
    rules.push_back(rule_choice(planner, stage, problem.job, ibd_bytes));
  }
  return plan_of(problem, estimator, rules);
}

}  // namespace ionloom::plan
