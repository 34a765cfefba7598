#include "plan/learned_models.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/support/simulated_measurements.h"

namespace ionloom::plan {
namespace {

constexpr double kTruth_s = 0.02 + 80e-9 * 1e6;

WorkCounts million_peaks() {
  WorkCounts work;
  work[Count::kPeaks] = 1e6;
  work[Count::kSpectra] = 1000;
  return work;
}

/// Measurements of "reference native x1" and x2 (0.6 as long) and of what else is asked for.
LearnedModels learned(const std::vector<std::pair<std::string, double>>& others = {}) {
  RandomNumbers random(3);
  std::vector<Measurement> rows;
  for (int i = 0; i < 60; ++i) {
    rows.push_back(simulated_ingest(random, 0.03, "reference native x1"));
    rows.push_back(simulated_ingest(random, 0.03, "reference native x2", 0.6));
    for (const auto& [device, kappa] : others) {
      if (i < 30) rows.push_back(simulated_ingest(random, 0.03, device, kappa));
    }
  }
  return learn_models(rows);
}

StagePrediction ingest_on(const LearnedModels& models, const Device& device) {
  return predict_stage(models, device, Stage::kIngest, million_peaks(), 0.9);
}

TEST(LearnedModels, what_was_measured_on_the_device_is_predicted_with_its_range) {
  const auto predicted = ingest_on(learned({{"laptop native x2", 2}}), {"laptop", "native", 2});
  EXPECT_EQ(predicted.basis, Basis::kMeasured);
  EXPECT_NEAR(predicted.seconds, 2 * kTruth_s, 0.05 * 2 * kTruth_s);
  EXPECT_EQ(predicted.range.level, 0.9);
  EXPECT_LT(predicted.range.least_s, predicted.seconds);
  EXPECT_GT(predicted.range.most_s, predicted.seconds);
}

TEST(LearnedModels, other_threads_of_the_machine_follow_the_reference) {
  // The laptop was measured on one thread; the reference needs 0.6 of that on two.
  const auto predicted = ingest_on(learned({{"laptop native x1", 3}}), {"laptop", "native", 2});
  EXPECT_EQ(predicted.basis, Basis::kScaled);
  EXPECT_NEAR(predicted.seconds, 3 * 0.6 * kTruth_s, 0.05 * 3 * 0.6 * kTruth_s);
  EXPECT_EQ(predicted.range.level, 0) << "nothing is promised of what was not measured";
}

TEST(LearnedModels, threads_that_nobody_measured_gain_less_than_their_number) {
  const auto four = ingest_on(learned({{"laptop native x1", 1}}), {"laptop", "native", 4});
  EXPECT_LT(four.seconds, kTruth_s / 2);
  EXPECT_GT(four.seconds, kTruth_s / 4);
}

TEST(LearnedModels, an_unknown_machine_is_taken_for_the_reference_and_it_is_said) {
  const auto predicted = ingest_on(learned(), {"phone", "native", 1});
  EXPECT_EQ(predicted.basis, Basis::kDefault);
  EXPECT_NEAR(predicted.seconds, kTruth_s, 0.05 * kTruth_s);
  EXPECT_NE(basis_text(predicted.basis).find("default"), std::string_view::npos);
}

TEST(LearnedModels, a_stage_that_nobody_measured_has_a_default_that_says_so) {
  WorkCounts work;
  work[Count::kIons] = 1e5;
  const auto predicted =
      predict_stage(learned(), {"laptop", "native", 1}, Stage::kPatterns, work, 0.9);
  EXPECT_EQ(predicted.basis, Basis::kAssumed);
  EXPECT_GT(predicted.seconds, 0.1);
  EXPECT_LT(predicted.seconds, 10);
  EXPECT_EQ(predicted.range.level, 0);
}

TEST(LearnedModels, the_last_measurements_of_a_device_count) {
  // The machine became twice as fast; the older half is forgotten.
  RandomNumbers random(4);
  std::vector<Measurement> rows;
  for (std::size_t i = 0; i < 2 * kMostOfADevice; ++i) {
    rows.push_back(
        simulated_ingest(random, 0.03, "laptop native x1", i < kMostOfADevice ? 2.0 : 1.0));
  }
  const auto predicted = ingest_on(learn_models(rows), {"laptop", "native", 1});
  EXPECT_NEAR(predicted.seconds, kTruth_s, 0.05 * kTruth_s);
}

TEST(LearnedModels, rows_of_a_store_alone_are_no_times_of_a_stage) {
  RandomNumbers random(5);
  std::vector<Measurement> rows;
  for (int i = 0; i < 30; ++i) rows.push_back(simulated_ingest(random, 0.03));
  Measurement store{.stage = Stage::kIngest, .device = "laptop"};
  store.read = {"s3", 10, 1e6, 0.5};
  rows.push_back(store);
  EXPECT_EQ(learn_models(rows).of(Stage::kIngest)->refused, 0U);
}

}  // namespace
}  // namespace ionloom::plan
