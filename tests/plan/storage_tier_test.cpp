#include "plan/storage_tier.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

const TierRates kTruth = {.latency_s = 0.03, .task_bytes_s = 80e6, .shared_bytes_s = 80e6 * 16};

std::vector<Measurement> reads(double noise_log) {
  RandomNumbers random(1);
  std::vector<Measurement> measurements;
  for (int i = 0; i < 200; ++i) {
    Measurement measurement;
    measurement.active_tasks = std::pow(2, static_cast<double>(random.below(8)));
    measurement.read = {.tier = "s3",
                        .requests = static_cast<double>(1 + random.below(20)),
                        .bytes = std::pow(10, 4 + 4 * random.uniform())};
    measurement.read.seconds =
        exchange_s(kTruth, {measurement.read.requests, measurement.read.bytes},
                   measurement.active_tasks) *
        std::exp(noise_log * random.normal());
    measurements.push_back(measurement);
  }
  return measurements;
}

TEST(StorageTier, bandwidth_is_shared_among_active_tasks_once_it_is_short) {
  const ExchangeWork work = {.requests = 1, .bytes = 80e6};
  EXPECT_NEAR(exchange_s(kTruth, work, 1), 1.03, 1e-9);
  EXPECT_NEAR(exchange_s(kTruth, work, 16), 1.03, 1e-9);
  EXPECT_NEAR(exchange_s(kTruth, work, 32), 2.03, 1e-9);
}

TEST(StorageTier, a_limit_on_requests_holds_all_tasks_up) {
  TierRates rates = kTruth;
  rates.shared_requests_s = 100;
  EXPECT_NEAR(exchange_s(rates, {.requests = 10, .bytes = 0}, 1), 0.3, 1e-9);
  EXPECT_NEAR(exchange_s(rates, {.requests = 10, .bytes = 0}, 200), 20, 1e-9);
}

TEST(StorageTier, latency_bandwidth_and_the_shared_one_are_learned_from_exchanges) {
  const auto measurements = reads(0.05);
  const auto rates = fit_tier_rates("s3", true, measurements);
  ASSERT_TRUE(rates);
  EXPECT_NEAR(rates->latency_s, kTruth.latency_s, 0.002);
  EXPECT_NEAR(rates->task_bytes_s, kTruth.task_bytes_s, 4e6);
  EXPECT_NEAR(rates->shared_bytes_s, kTruth.shared_bytes_s, 80e6);
}

TEST(StorageTier, poisoned_exchanges_have_no_influence) {
  auto measurements = reads(0.05);
  for (std::size_t i = 0; i < 40; ++i) measurements[5 * i].read.seconds = i % 2 == 0 ? 1e-9 : 1e6;
  measurements[1].read.seconds = -1;
  measurements[2].active_tasks = 0;
  const auto rates = fit_tier_rates("s3", true, measurements);
  ASSERT_TRUE(rates);
  EXPECT_NEAR(rates->latency_s, kTruth.latency_s, 0.003);
  EXPECT_NEAR(rates->task_bytes_s, kTruth.task_bytes_s, 5e6);
}

TEST(StorageTier, what_was_not_measured_is_not_known) {
  const auto measurements = reads(0.05);
  EXPECT_FALSE(fit_tier_rates("disk", true, measurements));
  EXPECT_FALSE(fit_tier_rates("s3", false, measurements));
}

}  // namespace
}  // namespace ionloom::plan
