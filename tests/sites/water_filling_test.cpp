#include "sites/water_filling.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace ionloom::sites {
namespace {

TEST(WaterFilling, equal_sites_get_equal_shares) {
  const std::vector<double> shares = finish_together({{.whole_s = 4}, {.whole_s = 4}});
  EXPECT_DOUBLE_EQ(shares[0], 0.5);
  EXPECT_DOUBLE_EQ(shares[1], 0.5);
}

TEST(WaterFilling, a_site_that_would_begin_after_the_others_are_done_gets_nothing) {
  const std::vector<double> shares =
      finish_together({{.whole_s = 4}, {.before_s = 4.5, .whole_s = 0.1}});
  EXPECT_EQ(shares[0], 1);
  EXPECT_EQ(shares[1], 0);
}

TEST(WaterFilling, without_a_site_that_may_work_there_are_no_shares) {
  EXPECT_TRUE(finish_together({}).empty());
  EXPECT_TRUE(finish_together({{.may_work = false, .whole_s = 1}}).empty());
}

TEST(WaterFilling, all_with_a_share_finish_together_and_no_other_could_help) {
  rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 8);
    std::vector<Filling> sites;
    for (std::size_t i = 0; i < count; ++i) {
      sites.push_back({.may_work = i == 0 || *rc::gen::inRange(0, 4) > 0,
                       .before_s = 0.01 * *rc::gen::inRange(0, 1000),
                       .whole_s = 0.01 * *rc::gen::inRange(1, 2000)});
    }
    const std::vector<double> shares = finish_together(sites);
    RC_ASSERT(std::abs(std::accumulate(shares.begin(), shares.end(), 0.0) - 1) < 1e-9);
    double end = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (shares[i] > 0) end = std::max(end, sites[i].before_s + shares[i] * sites[i].whole_s);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (shares[i] > 0) {
        RC_ASSERT(sites[i].may_work);
        RC_ASSERT(std::abs(sites[i].before_s + shares[i] * sites[i].whole_s - end) < 1e-6);
      } else if (sites[i].may_work) {
        RC_ASSERT(sites[i].before_s >= end - 1e-9);
      }
    }
  });
}

}  // namespace
}  // namespace ionloom::sites
