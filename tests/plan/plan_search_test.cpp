#include "plan/plan_search.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

constexpr std::uint32_t kOptions = 4;
constexpr State kStates = 3;

/// Two branches of two stages that meet, and two stages after that, with random steps.
struct RandomProblem {
  /// [stage][state][option]
  std::vector<std::vector<std::vector<std::optional<Step>>>> steps;
  bool is_parallel = false;

  explicit RandomProblem(std::uint64_t seed) {
    RandomNumbers random(seed);
    is_parallel = random.below(2) == 0;
    steps.resize(6);
    for (auto& stage : steps) {
      stage.resize(kStates);
      for (auto& state : stage) {
        state.resize(kOptions);
        for (auto& step : state) {
          if (random.below(8) == 0) continue;  // not allowed
          // Small whole numbers: ties are common, and sums exact in any order.
          step = Step{static_cast<double>(1 + random.below(30)),
                      static_cast<double>(1 + random.below(30)), random.below(kStates)};
        }
      }
    }
  }

  [[nodiscard]] PlanSearch::StepOf stage(std::size_t number) const {
    return [this, number](State from, std::uint32_t option) { return steps[number][from][option]; };
  }
  [[nodiscard]] State meet(State a, State b) const { return (a + 2 * b) % kStates; }
};

/// Time and cost of one choice for all stages, if it is allowed.
std::optional<Label> evaluate(const RandomProblem& problem,
                              const std::vector<std::uint32_t>& options) {
  double time_s[2] = {0, 0};
  double cost = 0;
  State state[2] = {0, 0};
  for (std::size_t stage = 0; stage < 4; ++stage) {
    const std::size_t branch = stage / 2;
    const auto& step = problem.steps[stage][state[branch]][options[stage]];
    if (!step) return std::nullopt;
    time_s[branch] += step->time_s;
    cost += step->cost_usd;
    state[branch] = step->leaves;
  }
  double time = problem.is_parallel ? std::max(time_s[0], time_s[1]) : time_s[0] + time_s[1];
  State joined = problem.meet(state[0], state[1]);
  for (std::size_t stage = 4; stage < 6; ++stage) {
    const auto& step = problem.steps[stage][joined][options[stage]];
    if (!step) return std::nullopt;
    time += step->time_s;
    cost += step->cost_usd;
    joined = step->leaves;
  }
  return Label{time, cost, 0};
}

ParetoFront brute_force(const RandomProblem& problem) {
  ParetoFront front;
  for (std::uint32_t code = 0; code < 4096; ++code) {  // kOptions^6
    std::vector<std::uint32_t> options;
    for (std::uint32_t stage = 0; stage < 6; ++stage) options.push_back(code >> 2 * stage & 3);
    if (const auto label = evaluate(problem, options)) front.add(*label);
  }
  return front;
}

ParetoFront search(const RandomProblem& problem, PlanSearch& plans) {
  const auto branch = [&](std::size_t first) {
    const Fronts one = plans.extend(plans.start(0), kOptions, problem.stage(first));
    return plans.extend(one, kOptions, problem.stage(first + 1));
  };
  Fronts fronts = plans.join(branch(0), branch(2), [&](State a, State b) {
    return PlanSearch::Meeting{problem.meet(a, b), problem.is_parallel};
  });
  fronts = plans.extend(fronts, kOptions, problem.stage(4));
  return merged(plans.extend(fronts, kOptions, problem.stage(5)));
}

TEST(PlanSearch, equals_brute_force_on_200_random_problems) {
  std::size_t points = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const RandomProblem problem(seed);
    const ParetoFront expected = brute_force(problem);
    PlanSearch plans;
    const ParetoFront found = search(problem, plans);
    ASSERT_EQ(found.labels().size(), expected.labels().size()) << "seed " << seed;
    for (std::size_t i = 0; i < found.labels().size(); ++i) {
      const Label& label = found.labels()[i];
      EXPECT_EQ(label.time_s, expected.labels()[i].time_s);
      EXPECT_EQ(label.cost_usd, expected.labels()[i].cost_usd);
      // The options that are told lead there.
      const auto again = evaluate(problem, plans.options_of(label));
      ASSERT_TRUE(again);
      EXPECT_EQ(again->time_s, label.time_s);
      EXPECT_EQ(again->cost_usd, label.cost_usd);
    }
    points += found.labels().size();
  }
  EXPECT_GT(points, 800U);  // fronts, not single points
}

TEST(PlanSearch, a_stage_without_an_allowed_option_leaves_no_plan) {
  PlanSearch plans;
  const Fronts fronts =
      plans.extend(plans.start(0), 3, [](State, std::uint32_t) { return std::nullopt; });
  EXPECT_TRUE(merged(fronts).labels().empty());
}

}  // namespace
}  // namespace ionloom::plan
