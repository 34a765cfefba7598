#include "plan/choose_form.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/support/simulated_measurements.h"

namespace ionloom::plan {
namespace {

std::vector<const Measurement*> pointers(const std::vector<Measurement>& measurements) {
  std::vector<const Measurement*> result;
  for (const Measurement& measurement : measurements) result.push_back(&measurement);
  return result;
}

TEST(ChooseForm, the_true_form_wins_over_the_textbook_one) {
  RandomNumbers random(1);
  const auto measurements = simulated_ingests(60, random, 0.03);
  const ModelForm& form = choose_form(candidate_forms(Stage::kIngest), pointers(measurements));
  EXPECT_EQ(form, candidate_forms(Stage::kIngest)[0]);  // 1, peaks
}

TEST(ChooseForm, n_log_n_is_seen_where_it_is) {
  RandomNumbers random(2);
  auto measurements = simulated_ingests(60, random, 0);
  for (Measurement& measurement : measurements) {
    const double peaks = measurement.counts[Count::kPeaks];
    measurement.compute_s =
        (0.01 + 5e-9 * peaks * std::log2(peaks)) * std::exp(0.02 * random.normal());
  }
  const ModelForm& form = choose_form(candidate_forms(Stage::kIngest), pointers(measurements));
  EXPECT_EQ(form, candidate_forms(Stage::kIngest)[1]);  // 1, peaks x log2 peaks
}

TEST(ChooseForm, predicts_datasets_that_the_fit_has_not_seen) {
  RandomNumbers random(3);
  const auto measurements = simulated_ingests(120, random, 0.05);
  // Mean of |normal| with deviation 0.05.
  EXPECT_NEAR(cross_validation_error(candidate_forms(Stage::kIngest)[0], pointers(measurements)),
              0.05 * 0.798, 0.015);
}

TEST(ChooseForm, one_measurement_takes_the_simplest_form) {
  RandomNumbers random(4);
  const auto measurements = simulated_ingests(1, random, 0);
  EXPECT_EQ(choose_form(candidate_forms(Stage::kIngest), pointers(measurements)),
            candidate_forms(Stage::kIngest)[0]);
}

}  // namespace
}  // namespace ionloom::plan
