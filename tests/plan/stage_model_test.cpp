#include "plan/stage_model.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "plan/support/simulated_measurements.h"

namespace ionloom::plan {
namespace {

std::optional<StageModel> fit_ingest(const std::vector<Measurement>& measurements) {
  return fit_stage_model(Stage::kIngest, candidate_forms(Stage::kIngest), measurements);
}

WorkCounts work(double peaks) {
  WorkCounts counts;
  counts[Count::kPeaks] = peaks;
  counts[Count::kSpectra] = peaks / 1000;
  return counts;
}

double relative_error(const StageModel& model, double peaks, double kappa = 1,
                      std::string_view device = "laptop") {
  const double truth = kappa * (0.02 + 80e-9 * peaks);
  return std::abs(model.predict(device, work(peaks))->seconds / truth - 1);
}

TEST(StageModel, predicts_sizes_between_and_beyond_those_measured) {
  RandomNumbers random(1);
  const auto model = fit_ingest(simulated_ingests(60, random, 0.05));
  ASSERT_TRUE(model);
  for (const double peaks : {1e3, 1e5, 1e7, 1e9}) EXPECT_LT(relative_error(*model, peaks), 0.06);
}

/// Ingests of the reference machine in one way of running, in which only peaks take `peaks` times
/// as long.
void add_ingests(std::size_t count, const char* device, double peaks, RandomNumbers& random,
                 std::vector<Measurement>& measurements) {
  for (Measurement& one : simulated_ingests(count, random, 0.02)) {
    one.device = device;
    one.compute_s = 0.02 + peaks * 80e-9 * one.counts[Count::kPeaks];
    measurements.push_back(one);
  }
}

TEST(StageModel, a_machine_with_few_measurements_is_like_the_reference_run_in_the_same_way) {
  RandomNumbers random(3);
  std::vector<Measurement> measurements;
  add_ingests(60, "reference interpreted x1", 30, random, measurements);
  add_ingests(40, "reference wasm x1", 1, random, measurements);
  add_ingests(40, "reference wasm x4", 0.25, random, measurements);
  // A small one, in which peaks are no large part.
  for (const char* device : {"pi wasm x1", "pi wasm x3", "pi native x1"}) {
    measurements.push_back({.stage = Stage::kIngest, .device = device, .counts = work(1e4)});
    measurements.back().compute_s = 3 * (0.02 + 80e-9 * 1e4);
  }
  const auto model = fit_ingest(measurements);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->devices.front().device, "reference interpreted x1");
  EXPECT_EQ(model->device("pi wasm x1")->like, "reference wasm x1");
  EXPECT_EQ(model->device("pi wasm x3")->like, "reference wasm x4");
  EXPECT_EQ(model->device("pi native x1")->like, "reference interpreted x1");
  EXPECT_LT(relative_error(*model, 1e7, 3, "pi wasm x1"), 0.03);
}

/// Models err where nothing about the work counts tells what a dataset takes.
TEST(StageModel, the_same_work_tells_a_factor_where_the_model_errs) {
  RandomNumbers random(4);
  std::vector<Measurement> measurements;
  add_ingests(40, "reference native x1", 1, random, measurements);
  Measurement test{.stage = Stage::kIngest,
                   .device = "reference native x1",
                   .dataset = "self-test",
                   .counts = work(1e6)};
  test.compute_s = 1.4 * (0.02 + 80e-9 * 1e6);
  measurements.push_back(test);
  test.device = "pi native x1";
  test.compute_s *= 5;
  measurements.push_back(test);
  EXPECT_NEAR(fit_ingest(measurements)->device("pi native x1")->kappa, 5, 1e-9);
  measurements.back().dataset = "another";
  EXPECT_NEAR(fit_ingest(measurements)->device("pi native x1")->kappa, 7, 0.3);
}

TEST(StageModel, intervals_cover_what_they_say_on_simulated_data) {
  for (const double noise : {0.03, 0.2}) {
    int covered = 0;
    int trials = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      RandomNumbers random(seed);
      const auto model = fit_ingest(simulated_ingests(120, random, noise));
      ASSERT_TRUE(model);
      for (int i = 0; i < 80; ++i) {
        const Measurement next = simulated_ingest(random, noise);
        const auto range = model->predict_range("laptop", next.counts, 0.9);
        ASSERT_EQ(range->level, 0.9);
        covered += range->least_s <= next.compute_s && next.compute_s <= range->most_s ? 1 : 0;
        ++trials;
      }
    }
    const double coverage = static_cast<double>(covered) / trials;
    EXPECT_GE(coverage, 0.87) << noise;
    EXPECT_LE(coverage, 0.93) << noise;
  }
}

TEST(StageModel, a_device_that_was_measured_once_is_known_whichever_rows_are_held_out) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomNumbers random(seed);
    std::vector<Measurement> rows = simulated_ingests(30, random, 0.02);
    Measurement once = simulated_ingest(random, 0.02);
    once.device = "shelf";
    once.compute_s *= 5;
    rows.push_back(once);
    const auto model = fit_ingest(rows);
    ASSERT_TRUE(model);
    ASSERT_NE(model->device("shelf"), nullptr) << seed;
    EXPECT_NEAR(model->device("shelf")->kappa, 5, 0.5) << seed;
  }
}

TEST(StageModel, poisoned_measurements_do_not_break_the_fit) {
  RandomNumbers random(5);
  auto measurements = simulated_ingests(80, random, 0.05);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  std::size_t poisoned = 0;
  for (const double seconds : {0.0, -3.0, nan, infinity, -infinity, 1.7e9, 1e-12, 1e6, 86400.0,
                               1e-6, 5e5, 1e-9, 2e6, 1e-7, 3600.0 * 24 * 20}) {
    measurements.insert(measurements.begin() + static_cast<std::ptrdiff_t>(5 * poisoned),
                        simulated_ingest(random, 0.05));
    measurements[5 * poisoned].compute_s = seconds;
    ++poisoned;
  }
  measurements.push_back(simulated_ingest(random, 0.05));
  measurements.back().counts[Count::kPeaks] = -1e30;
  const auto model = fit_ingest(measurements);
  ASSERT_TRUE(model);
  EXPECT_GE(model->refused, 7U);
  for (const double peaks : {1e5, 1e7}) EXPECT_LT(relative_error(*model, peaks), 0.06);
  const auto range = model->predict_range("laptop", work(1e6), 0.9);
  EXPECT_LT(range->most_s / range->least_s, 1.5);
}

TEST(StageModel, a_device_measured_once_gets_its_factor) {
  RandomNumbers random(6);
  auto measurements = simulated_ingests(60, random, 0.03);
  measurements.push_back(simulated_ingest(random, 0, "edge", 4));
  measurements.push_back(simulated_ingest(random, 0, "edge", 4));
  const auto model = fit_ingest(measurements);
  ASSERT_TRUE(model);
  ASSERT_NE(model->device("edge"), nullptr);
  EXPECT_NEAR(model->device("edge")->kappa, 4, 0.25);
  EXPECT_LT(relative_error(*model, 3e6, 4, "edge"), 0.08);
}

/// Ingests of a device whose start takes 3 times as long and whose peaks 0.5 times.
std::vector<Measurement> ingests_of_another_kind(std::size_t count, RandomNumbers& random) {
  auto measurements = simulated_ingests(count, random, 0);
  for (Measurement& measurement : measurements) {
    measurement.device = "cluster";
    measurement.compute_s = 0.06 + 40e-9 * measurement.counts[Count::kPeaks];
  }
  return measurements;
}

TEST(StageModel, a_device_measured_often_gets_terms_of_its_own) {
  RandomNumbers random(10);
  auto measurements = simulated_ingests(60, random, 0.02);
  const auto others = ingests_of_another_kind(40, random);
  measurements.insert(measurements.end(), others.begin(), others.end());
  const auto model = fit_ingest(measurements);
  ASSERT_TRUE(model);
  ASSERT_EQ(model->device("cluster")->coefficients.size(), model->form.size());
  for (const double peaks : {2e4, 1e6, 5e7}) {
    const double truth = 0.06 + 40e-9 * peaks;
    EXPECT_NEAR(model->predict("cluster", work(peaks))->seconds / truth, 1, 0.05) << peaks;
    EXPECT_LT(relative_error(*model, peaks), 0.06);
  }
}

TEST(StageModel, few_datasets_give_no_terms_of_their_own) {
  RandomNumbers random(11);
  auto measurements = simulated_ingests(60, random, 0.02);
  auto others = ingests_of_another_kind(40, random);
  for (Measurement& measurement : others) measurement.dataset = "one";
  measurements.insert(measurements.end(), others.begin(), others.end());
  const auto model = fit_ingest(measurements);
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->device("cluster")->coefficients.empty());
}

TEST(StageModel, an_unknown_device_and_a_stage_without_measurements_have_no_prediction) {
  RandomNumbers random(7);
  const auto measurements = simulated_ingests(30, random, 0.03);
  EXPECT_FALSE(fit_ingest(measurements)->predict("moon", work(1)));
  EXPECT_FALSE(
      fit_stage_model(Stage::kRank, candidate_forms(Stage::kRank), measurements).has_value());
}

TEST(StageModel, few_measurements_give_bounds_with_the_level_that_they_stand_for) {
  RandomNumbers random(8);
  const auto model = fit_ingest(simulated_ingests(4, random, 0.05));
  ASSERT_TRUE(model);
  const auto range = model->predict_range("laptop", work(1e6), 0.9);
  EXPECT_GT(range->level, 0.5);
  EXPECT_LT(range->level, 0.9);
  EXPECT_LT(range->least_s, range->most_s);
  const auto single = fit_ingest(simulated_ingests(1, random, 0.05));
  EXPECT_EQ(single->predict_range("laptop", work(1e6), 0.9)->level, 0);
}

TEST(StageModel, equal_measurements_give_equal_models) {
  RandomNumbers random(9);
  const auto measurements = simulated_ingests(50, random, 0.1);
  EXPECT_EQ(fit_ingest(measurements)->devices.front().coefficients,
            fit_ingest(measurements)->devices.front().coefficients);
}

}  // namespace
}  // namespace ionloom::plan
