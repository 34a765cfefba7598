#include "plan/goal.h"

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

/// 1 s for 10 dollars, 2 s for 5, 4 s for 1.
ParetoFront three_points() {
  ParetoFront front;
  front.add({1, 10, 1});
  front.add({2, 5, 2});
  front.add({4, 1, 3});
  return front;
}

TEST(Goal, a_deadline_takes_the_cheapest_in_time) {
  EXPECT_EQ(choose_point(three_points(), Deadline{3.9})->path, 2U);
  EXPECT_EQ(choose_point(three_points(), Deadline{4})->path, 3U);
  EXPECT_EQ(choose_point(three_points(), Deadline{1})->path, 1U);
}

TEST(Goal, a_budget_takes_the_fastest_that_it_pays) {
  EXPECT_EQ(choose_point(three_points(), Budget{9})->path, 2U);
  EXPECT_EQ(choose_point(three_points(), Budget{1})->path, 3U);
}

TEST(Goal, a_weight_trades_time_for_cost) {
  EXPECT_EQ(choose_point(three_points(), Weight{0})->path, 3U);
  EXPECT_EQ(choose_point(three_points(), Weight{3})->path, 2U);
  EXPECT_EQ(choose_point(three_points(), Weight{100})->path, 1U);
}

TEST(Goal, what_cannot_be_had_is_said_with_the_best_possible) {
  const auto late = choose_point(three_points(), Deadline{0.5});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUsage);
  EXPECT_EQ(late.error().what,
            "no plan is done in 0.5 s; the fastest takes 1 s and costs 10 dollars");
  EXPECT_EQ(choose_point(three_points(), Budget{0.5}).error().what,
            "no plan costs 0.5 dollars or less; the cheapest costs 1 dollars and takes 4 s");
  EXPECT_FALSE(choose_point(ParetoFront(), Weight{1}));
}

}  // namespace
}  // namespace ionloom::plan
