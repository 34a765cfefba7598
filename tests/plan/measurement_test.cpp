#include "plan/measurement.h"

#include <limits>

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

Measurement measured(double seconds, double peaks = 1000) {
  Measurement measurement{.stage = Stage::kIngest, .device = "laptop", .compute_s = seconds};
  measurement.counts[Count::kPeaks] = peaks;
  return measurement;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Measurement, times_that_no_clock_should_give_are_not_learned_from) {
  EXPECT_TRUE(is_usable(measured(0.001)));
  // 1.7e9: the clock was at 1970 when the task began.
  for (const double seconds : {0.0, -1.0, kNan, kInfinity, 1.7e9}) {
    EXPECT_FALSE(is_usable(measured(seconds))) << seconds;
  }
}

TEST(Measurement, counts_that_cannot_be_are_not_learned_from) {
  for (const double peaks : {0.0, -1.0, kNan, kInfinity}) {
    EXPECT_FALSE(is_usable(measured(1, peaks))) << peaks;
  }
}

TEST(Measurement, an_exchange_of_nothing_tells_nothing) {
  EXPECT_TRUE(is_usable(Exchange{"s3", 1, 0, 0.03}));
  EXPECT_FALSE(is_usable(Exchange{"s3", 0, 0, 0.03}));
  EXPECT_FALSE(is_usable(Exchange{"s3", 1, kNan, 0.03}));
  EXPECT_FALSE(is_usable(Exchange{"s3", 1, 10, -1}));
}

TEST(Measurement, the_calmest_are_those_near_the_best_pace) {
  Measurement crowded = measured(1);
  crowded.pace = 0.7;
  Measurement calm = measured(1);
  calm.pace = 0.92;
  Measurement alone = measured(1);
  alone.pace = 0.98;
  const Measurement unknown = measured(1);
  using Rows = std::vector<const Measurement*>;
  const Rows rows = {&crowded, &calm, &alone, &unknown};
  EXPECT_EQ(calmest(rows, 0.8), (Rows{&calm, &alone}));
  EXPECT_EQ(calmest(rows, 0.9), (Rows{&calm, &alone, &unknown}));
  EXPECT_EQ(calmest({&crowded, &unknown}, 0.5), (Rows{&crowded}));
  EXPECT_TRUE(calmest({}).empty());
}

TEST(Measurement, the_same_work_is_of_the_same_stage_dataset_and_counts) {
  Measurement one = measured(1);
  one.dataset = "self-test";
  Measurement other = one;
  other.device = "pi";
  EXPECT_EQ(same_work({{&one}}, other), &one);
  other.counts[Count::kPeaks] = 1001;
  EXPECT_EQ(same_work({{&one}}, other), nullptr);
  other = one;
  other.stage = Stage::kRank;
  EXPECT_EQ(same_work({{&one}}, other), nullptr);
  other = one;
  other.dataset = one.dataset = "";
  EXPECT_EQ(same_work({{&one}}, other), nullptr) << "whose dataset is not known";
}

}  // namespace
}  // namespace ionloom::plan
