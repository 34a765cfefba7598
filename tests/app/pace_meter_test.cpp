#include "app/pace_meter.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace ionloom::app::testing {
namespace {

using namespace std::chrono_literals;

/// Microseconds of both parts.
PaceSample sample(double waiting, double filling) {
  return {.at = {}, .waiting_s = 1e-6 * waiting, .filling_s = 1e-6 * filling};
}

TEST(PaceMeter, tells_a_shared_core_from_one_that_runs_slower) {
  const PaceAlone alone{.waiting_s = 6e-6, .filling_s = 10e-6};
  EXPECT_EQ(crowding(sample(6, 10), alone), 1);
  EXPECT_NEAR(crowding(sample(6, 20), alone), 2, 1e-9);
  EXPECT_NEAR(crowding(sample(12, 20), alone), 1, 1e-9) << "all takes twice as long: the clock";
  EXPECT_EQ(crowding(sample(9, 10), alone), 1) << "an interrupt meanwhile";
}

void compute(std::chrono::milliseconds for_so_long) {
  const auto begin = PaceMeter::Clock::now();
  volatile unsigned work = 0;
  while (PaceMeter::Clock::now() < begin + for_so_long) work = work + 1;
}

/// Both numbers of a file that runs share.
PaceAlone kept_in(const std::filesystem::path& path) {
  PaceAlone alone;
  std::ifstream(path) >> alone.waiting_s >> alone.filling_s;
  return alone;
}

TEST(PaceMeter, runs_tell_each_other_how_fast_a_core_alone_is) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / ("ionloom-pace-" + std::to_string(::getpid()));
  for (const char* before : {"nonsense", "-1 0", ""}) {
    std::ofstream(path) << before;
    {
      const auto meter = PaceMeter::start(path);
      compute(50ms);
    }
    EXPECT_LT(kept_in(path).waiting_s, 1) << before;
    EXPECT_GT(kept_in(path).filling_s, 0) << before;
  }
  // A core that is a million times as fast: whoever reads that finds this one very crowded.
  std::ofstream(path) << "1e-6 1e-12";
  const auto meter = PaceMeter::start(path);
  const auto begin = PaceMeter::Clock::now();
  compute(50ms);
  EXPECT_LT(meter->between(begin, PaceMeter::Clock::now()).value(), 0.01);
  std::filesystem::remove(path);
}

TEST(PaceMeter, a_stage_that_fills_a_core_more_is_slowed_down_more) {
  const auto meter = PaceMeter::start();
  const auto begin = PaceMeter::Clock::now();
  compute(100ms);
  const auto end = PaceMeter::Clock::now();
  EXPECT_LE(meter->between(begin, end, 1.2).value(), meter->between(begin, end, 0.6).value());
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
