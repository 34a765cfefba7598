#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/error.h"
#include "plan/goal.h"
#include "plan/makespan.h"
#include "plan/plan_problem.h"

namespace ionloom::plan {

/// The stages that are chosen for, in this order: the dataset's branch, the molecules' branch, and
/// what follows when both have met. Images go with annotate (StageEstimator).
inline constexpr std::array kPlannedStages = {Stage::kIndex, Stage::kIngest,   Stage::kMerge,
                                              Stage::kIons,  Stage::kPatterns, Stage::kAnnotate,
                                              Stage::kRank};

/// A choice for each of kPlannedStages and what it comes to.
struct Plan {
  std::vector<StageChoice> choices{};
  std::vector<StageEstimate> stages{};
  double time_s = 0;
  double cost_usd = 0;
  double gb_s = 0;  ///< 2^30 bytes x seconds
};

/// What a choice for every stage comes to; fixed rules are judged by it too. Absent when a choice
/// is not possible.
/// @param estimator  of the problem, which may be used for many plans
[[nodiscard]] std::optional<Plan> evaluate_plan(StageEstimator& estimator,
                                                const std::vector<StageChoice>& choices);

/// The choices that a stage has: numbers of tasks in steps of a square root of two, up to the
/// stage's pieces; every memory class that is worth its price; every place and tier.
[[nodiscard]] std::vector<StageChoice> stage_options(const PlanProblem& problem, Stage stage);

/// All plans that no other beats in time and cost, by ascending time. Exact: equal to trying every
/// combination of the options.
[[nodiscard]] std::vector<Plan> best_plans(const PlanProblem& problem);

/// The one of best plans that a goal asks for; fails as choose_point() does.
[[nodiscard]] Result<Plan> plan_for(const std::vector<Plan>& best, const Goal& goal);

/// The plan's tasks on slots, by Monte-Carlo: its time as a distribution instead of a sum of
/// quantiles.
[[nodiscard]] Makespan plan_makespan(const PlanProblem& problem, const Plan& plan,
                                     std::uint32_t samples, std::uint64_t seed);

}  // namespace ionloom::plan
