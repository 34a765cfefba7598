#include "app/self_test.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::app::testing {
namespace {

using plan::Count;
using plan::Measurement;
using plan::Stage;

Measurement took(Stage stage, double seconds, const std::string& dataset) {
  Measurement made{.stage = stage, .device = "shelf native x1", .dataset = dataset};
  made.counts[Count::kIons] = 100;
  made.compute_s = seconds;
  return made;
}

std::vector<double> seconds_of(const std::vector<Measurement>& kept) {
  std::vector<double> seconds;
  seconds.reserve(kept.size());
  for (const Measurement& one : kept) seconds.push_back(one.compute_s);
  return seconds;
}

TEST(SelfTest, repeats_are_kept) {
  const auto kept = long_enough({took(Stage::kAnnotate, 0.2, "a"), took(Stage::kAnnotate, 7, "a"),
                                 took(Stage::kAnnotate, 0.21, "a")});
  EXPECT_EQ(seconds_of(kept), (std::vector<double>{0.2, 7, 0.21}));
}

TEST(SelfTest, sizes_of_which_a_stage_takes_too_short_do_not_count) {
  const auto kept =
      long_enough({took(Stage::kIngest, 0.004, "few"), took(Stage::kIngest, 0.06, "middle"),
                   took(Stage::kIngest, 0.3, "large")});
  EXPECT_EQ(seconds_of(kept), (std::vector<double>{0.06, 0.3}));
}

TEST(SelfTest, no_stage_is_missing_however_short_it_is) {
  const auto kept =
      long_enough({took(Stage::kRank, 0.0002, "few"), took(Stage::kRank, 0.0009, "large"),
                   took(Stage::kRank, 0.0007, "large"), took(Stage::kIons, 0.001, "few")});
  EXPECT_EQ(seconds_of(kept), (std::vector<double>{0.0009, 0.0007, 0.001}));
}

TEST(SelfTest, times_that_cannot_be_are_dropped) {
  const auto kept = long_enough({took(Stage::kRank, -3, "few"), took(Stage::kRank, 1e9, "few"),
                                 took(Stage::kRank, 0.06, "few")});
  EXPECT_EQ(seconds_of(kept), std::vector<double>{0.06});
}

TEST(SelfTest, a_thorough_one_keeps_shorter_stages_as_well) {
  const std::vector<Measurement> all = {took(Stage::kRank, 0.006, "few"),
                                        took(Stage::kRank, 0.09, "large")};
  EXPECT_EQ(seconds_of(long_enough(all)), std::vector<double>{0.09});
  EXPECT_EQ(seconds_of(long_enough(all, 0.005)), (std::vector<double>{0.006, 0.09}));
}

}  // namespace
}  // namespace ionloom::app::testing
