#include "plan/makespan.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/normal_quantile.h"

namespace ionloom::plan {
namespace {

constexpr std::uint32_t kSamples = 4000;

TEST(Makespan, tasks_without_spread_are_scheduled_as_by_hand) {
  // Two slots: 3 and 2 begin, 4 follows the 2 and ends at 6, 1 follows the 3.
  const std::vector<StageLoad> stages = {{.task_median_s = {3, 2, 4, 1}}};
  const std::vector<TaskPool> pools = {{.slots = 2}};
  EXPECT_EQ(simulate_makespan(stages, pools, 3, 1).quantile_s(0.5), 6);
}

TEST(Makespan, a_stage_waits_for_all_that_come_before_it) {
  const std::vector<StageLoad> stages = {{.task_median_s = {5}, .pool = 0},
                                         {.task_median_s = {2}, .pool = 1},
                                         {.task_median_s = {1}, .pool = 1, .after = {0, 1}}};
  const std::vector<TaskPool> pools = {{.slots = 1}, {.slots = 1}};
  EXPECT_EQ(simulate_makespan(stages, pools, 1, 1).mean_s(), 6);
}

TEST(Makespan, branches_on_one_machine_share_its_slots_and_functions_do_not) {
  const std::vector<StageLoad> stages = {{.task_median_s = {5}}, {.task_median_s = {4}}};
  EXPECT_EQ(simulate_makespan(stages, std::vector<TaskPool>{{.slots = 1}}, 1, 1).mean_s(), 9);
  const std::vector<TaskPool> functions = {{.slots = 1, .is_functions = true}};
  EXPECT_EQ(simulate_makespan(stages, functions, 1, 1).mean_s(), 5);
}

TEST(Makespan, a_machine_starts_once_and_functions_start_for_every_stage) {
  const std::vector<StageLoad> stages = {{.task_median_s = {1}},
                                         {.task_median_s = {1}, .after = {0}}};
  EXPECT_EQ(
      simulate_makespan(stages, std::vector<TaskPool>{{.slots = 1, .start_up_median_s = 10}}, 1, 1)
          .mean_s(),
      12);
  const std::vector<TaskPool> functions = {
      {.slots = 1, .start_up_median_s = 10, .is_functions = true}};
  EXPECT_EQ(simulate_makespan(stages, functions, 1, 1).mean_s(), 22);
}

// The maximum of p independent times is below t with the p-th power of one's probability.
TEST(Makespan, the_slowest_of_many_is_what_order_statistics_say) {
  const std::vector<StageLoad> stages = {
      {.task_median_s = std::vector<double>(100, 2.0), .spread_log = 0.3}};
  const std::vector<TaskPool> pools = {{.slots = 100}};
  const Makespan makespan = simulate_makespan(stages, pools, kSamples, 7);
  for (const double q : {0.1, 0.5, 0.9}) {
    const double expected = 2 * std::exp(0.3 * normal_quantile(std::pow(q, 0.01)));
    EXPECT_NEAR(makespan.quantile_s(q) / expected, 1, 0.03) << q;
  }
  // A sum of means would say 2.09.
  EXPECT_GT(makespan.mean_s(), 3.5);
}

TEST(Makespan, equal_seeds_give_equal_samples) {
  const std::vector<StageLoad> stages = {
      {.task_median_s = std::vector<double>(10, 1.0), .spread_log = 0.5}};
  const std::vector<TaskPool> pools = {{.slots = 3, .start_up_median_s = 1}};
  const auto at = [&](std::uint64_t seed) {
    return simulate_makespan(stages, pools, 50, seed).quantile_s(0.9);
  };
  EXPECT_EQ(at(1), at(1));
  EXPECT_NE(at(1), at(2));
}

}  // namespace
}  // namespace ionloom::plan
