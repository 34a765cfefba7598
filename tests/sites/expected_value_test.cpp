#include "sites/expected_value.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sites/baseline_placements.h"
#include "sites/best_placements.h"
#include "sites/support/random_sites.h"

namespace ionloom::sites {
namespace {

TEST(ExpectedValue, possible_sites_lie_around_what_is_known) {
  RandomSites drawn = random_sites(7);
  drawn.sites[0].device.kappas[0].reset();
  const auto possible = possible_sites(drawn.sites);
  ASSERT_GE(possible.size(), 8);
  double logs = 0;
  double squares = 0;
  for (const std::vector<Site>& sites : possible) {
    ASSERT_EQ(sites.size(), drawn.sites.size());
    EXPECT_FALSE(sites[0].device.kappas[0]);
    EXPECT_EQ(sites[1].device.link.latency_s, drawn.sites[1].device.link.latency_s);
    const double off = std::log(*sites[1].device.kappas[1] / *drawn.sites[1].device.kappas[1]);
    logs += off;
    squares += off * off;
  }
  const auto count = static_cast<double>(possible.size());
  EXPECT_NEAR(logs / count, 0, 0.1);
  EXPECT_GT(std::sqrt(squares / count), 0.05);
  EXPECT_LT(std::sqrt(squares / count), 0.25);
  EXPECT_EQ(possible_sites(drawn.sites)[3][1].device.kappas, possible[3][1].device.kappas);
}

TEST(ExpectedValue, of_a_placement_that_is_not_possible_is_infinite) {
  RandomSites drawn = random_sites(3);
  const auto possible = possible_sites(drawn.sites);
  EXPECT_TRUE(
      std::isfinite(expected_value(possible, drawn.job, all_at(2, 1), PlacementGoal::kTime)));
  drawn.job.keep_raw = true;
  EXPECT_TRUE(std::isinf(expected_value(possible, drawn.job, all_at(2, 1), PlacementGoal::kTime)));
}

TEST(ExpectedValue, decides_between_placements_that_are_nearly_as_good) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RandomSites drawn = random_sites(seed);
    const auto possible = possible_sites(drawn.sites);
    const auto plans = best_placements(drawn.sites, drawn.job, PlacementGoal::kTime);
    ASSERT_FALSE(plans.empty());
    const double chosen =
        expected_value(possible, drawn.job, plans[0].placement, PlacementGoal::kTime);
    for (std::size_t i = 1; i < std::min<std::size_t>(plans.size(), 16); ++i) {
      EXPECT_LE(chosen,
                expected_value(possible, drawn.job, plans[i].placement, PlacementGoal::kTime));
    }
  }
}

}  // namespace
}  // namespace ionloom::sites
