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

}  // namespace
}  // namespace ionloom::plan
