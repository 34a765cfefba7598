#include "plan/next_best.h"

#include <algorithm>
#include <tuple>
#include <variant>

namespace ionloom::plan {
namespace {

/// How good a plan is for a goal, smaller is better: first by how much it misses it.
struct Merit {
  double missed = 0;
  double wanted = 0;

  auto operator<=>(const Merit&) const = default;
};

struct MeritOf {
  const Plan& plan;

  Merit operator()(const Deadline& goal) const {
    return {std::max(0.0, plan.time_s - goal.time_s), plan.cost_usd};
  }
  Merit operator()(const Budget& goal) const {
    return {std::max(0.0, plan.cost_usd - goal.cost_usd), plan.time_s};
  }
  Merit operator()(const Weight& goal) const {
    return {0, plan.cost_usd + goal.usd_s * plan.time_s};
  }
};

}  // namespace

std::optional<NextBest> next_best(const PlanProblem& problem, StageEstimator& estimator,
                                  const Plan& plan, std::size_t index, const Goal& goal) {
  std::optional<NextBest> best;
  Merit best_merit;
  std::vector<StageChoice> choices = plan.choices;
  for (const StageChoice& option : stage_options(problem, kPlannedStages[index])) {
    if (option == plan.choices[index]) continue;
    choices[index] = option;
    const auto other = evaluate_plan(estimator, choices);
    if (!other) continue;
    const Merit merit = std::visit(MeritOf{*other}, goal);
    if (best && !(merit < best_merit)) continue;
    best_merit = merit;
    best = NextBest{.choice = option,
                    .more_time_s = other->time_s - plan.time_s,
                    .more_cost_usd = other->cost_usd - plan.cost_usd,
                    .misses_goal = merit.missed > 0};
  }
  return best;
}

}  // namespace ionloom::plan
