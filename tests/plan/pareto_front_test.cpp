#include "plan/pareto_front.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

TEST(ParetoFront, keeps_what_no_other_beats) {
  ParetoFront front;
  EXPECT_TRUE(front.add({2, 2, 0}));
  EXPECT_TRUE(front.add({1, 3, 1}));
  EXPECT_FALSE(front.add({2, 2, 2}));  // equal: the first one stays
  EXPECT_FALSE(front.add({3, 2, 3}));
  EXPECT_TRUE(front.add({1.5, 1, 4}));  // beats the first
  ASSERT_EQ(front.labels().size(), 2U);
  EXPECT_EQ(front.labels()[0].path, 1U);
  EXPECT_EQ(front.labels()[1].path, 4U);
}

TEST(ParetoFront, equals_the_unbeaten_of_all_for_random_labels) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    RandomNumbers random(seed);
    std::vector<Label> all(1 + random.below(60));
    ParetoFront front;
    for (Label& label : all) {
      label = {static_cast<double>(random.below(12)), static_cast<double>(random.below(12)), 0};
      front.add(label);
    }
    for (const Label& label : all) {
      const bool is_beaten = std::ranges::any_of(all, [&](const Label& other) {
        return other.time_s <= label.time_s && other.cost_usd <= label.cost_usd &&
               (other.time_s < label.time_s || other.cost_usd < label.cost_usd);
      });
      const bool is_kept = std::ranges::any_of(front.labels(), [&](const Label& kept) {
        return kept.time_s == label.time_s && kept.cost_usd == label.cost_usd;
      });
      EXPECT_EQ(is_kept, !is_beaten);
    }
    for (std::size_t i = 1; i < front.labels().size(); ++i) {
      EXPECT_LT(front.labels()[i - 1].time_s, front.labels()[i].time_s);
      EXPECT_GT(front.labels()[i - 1].cost_usd, front.labels()[i].cost_usd);
    }
  }
}

}  // namespace
}  // namespace ionloom::plan
