#pragma once

#include <optional>

#include "plan/plan_maker.h"

namespace ionloom::plan {

/// A plan that differs from a chosen one in one stage alone.
struct NextBest {
  StageChoice choice{};
  double more_time_s = 0;    ///< than the chosen plan
  double more_cost_usd = 0;  ///< likewise
  bool misses_goal = false;  ///< it keeps neither deadline nor budget
};

/// For a stage of a plan, the best other choice while all other stages stay as they are: of those
/// that keep the goal the one that is best by it, else the one that misses it least. Absent when no
/// other choice is possible.
/// @param index  in kPlannedStages
[[nodiscard]] std::optional<NextBest> next_best(const PlanProblem& problem,
                                                StageEstimator& estimator, const Plan& plan,
                                                std::size_t index, const Goal& goal);

}  // namespace ionloom::plan
