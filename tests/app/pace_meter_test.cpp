#include "app/pace_meter.h"

#include <gtest/gtest.h>

namespace ionloom::app::testing {
namespace {

using namespace std::chrono_literals;

/// Microseconds of both parts.
PaceSample sample(double waiting, double filling) {
  return {.at = {}, .waiting_s = 1e-6 * waiting, .filling_s = 1e-6 * filling};
}

TEST(PaceMeter, tells_a_shared_core_from_one_that_runs_slower) {
  const std::vector<double> found =
      paces({sample(6, 10), sample(6, 20), sample(12, 20), sample(9, 10)});
  EXPECT_EQ(found[0], 1);
  EXPECT_NEAR(found[1], 0.59, 0.01) << "what fills a core takes twice as long";
  EXPECT_EQ(found[2], 1) << "all takes twice as long: the clock";
  EXPECT_EQ(found[3], 1) << "an interrupt meanwhile";
  EXPECT_TRUE(paces({}).empty());
}

TEST(PaceMeter, looks_while_the_process_computes) {
  const auto meter = PaceMeter::start();
  ASSERT_TRUE(meter);
  const auto begin = PaceMeter::Clock::now();
  volatile unsigned work = 0;
  while (PaceMeter::Clock::now() < begin + 200ms) work = work + 1;
  const auto worked = PaceMeter::Clock::now();
  const auto pace = meter->between(begin, worked);
  ASSERT_TRUE(pace);
  EXPECT_GT(*pace, 0.1);
  EXPECT_LE(*pace, 1);
  EXPECT_FALSE(meter->between(begin - 10s, begin - 5s));
}

}  // namespace
}  // namespace ionloom::app::testing
