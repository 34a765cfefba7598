#include "plan/robust_fit.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

/// 0.5 s and 2 us a peak, with noise of 5 %, of 10^4 to 10^8 peaks.
Equations noisy_times(std::size_t rows, RandomNumbers& random, double noise = 0.05) {
  Equations equations(2);
  for (std::size_t i = 0; i < rows; ++i) {
    const double peaks = std::pow(10, 4 + 4 * random.uniform());
    equations.add(std::vector<double>{1, peaks},
                  (0.5 + 2e-6 * peaks) * std::exp(noise * random.normal()));
  }
  return equations;
}

TEST(RobustFit, finds_small_and_large_coefficients_alike) {
  RandomNumbers random(1);
  const RobustFit fit = fit_relative(noisy_times(200, random));
  EXPECT_NEAR(fit.coefficients[0], 0.5, 0.02);
  EXPECT_NEAR(fit.coefficients[1], 2e-6, 0.05e-6);
  EXPECT_NEAR(fit.spread_log, 0.05, 0.015);
}

TEST(RobustFit, noise_does_not_pull_the_fit_down) {
  RandomNumbers random(2);
  const RobustFit fit = fit_relative(noisy_times(2000, random, 0.3));
  // A mean of lognormal times is exp(0.3^2 / 2) = 1.046 of their median.
  EXPECT_GT(fit.coefficients[1], 1.95e-6);
  EXPECT_LT(fit.coefficients[1], 2.15e-6);
}

TEST(RobustFit, a_third_of_poisoned_rows_of_any_size_has_no_influence) {
  RandomNumbers random(3);
  Equations equations = noisy_times(100, random);
  for (int i = 0; i < 50; ++i) {
    const double peaks = std::pow(10, 4 + 4 * random.uniform());
    equations.add(std::vector<double>{1, peaks}, i % 2 == 0 ? 1e-9 : 2e6);
  }
  const RobustFit fit = fit_relative(equations);
  EXPECT_NEAR(fit.coefficients[0], 0.5, 0.03);
  EXPECT_NEAR(fit.coefficients[1], 2e-6, 0.08e-6);
  for (std::size_t row = 0; row < 150; ++row) EXPECT_EQ(fit.is_outlier[row], row >= 100) << row;
}

TEST(RobustFit, one_row_is_fitted) {
  Equations equations(2);
  equations.add(std::vector<double>{1, 1000}, 3);
  const RobustFit fit = fit_relative(equations);
  EXPECT_NEAR(fitted(fit.coefficients, equations.left(0)), 3, 1e-9);
}

TEST(RobustFit, rows_without_work_leave_zeros_not_garbage) {
  Equations equations(1);
  equations.add(std::vector<double>{0}, 3);
  EXPECT_EQ(fit_relative(equations).coefficients, std::vector<double>{0});
}

TEST(RobustFit, equal_input_gives_equal_bits) {
  RandomNumbers first(9);
  RandomNumbers second(9);
  EXPECT_EQ(fit_relative(noisy_times(50, first)).coefficients,
            fit_relative(noisy_times(50, second)).coefficients);
}

TEST(RobustFit, median_of_even_numbers_is_the_mean_of_the_middle_two) {
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({3, 1, 2}), 2);
}

TEST(RobustFit, a_weighted_median_has_at_most_half_of_the_weight_below_it) {
  EXPECT_EQ(weighted_median({{3, 1}}), 3);
  EXPECT_EQ(weighted_median({{3, 1}, {1, 1}, {2, 1}}), 2);
  EXPECT_EQ(weighted_median({{3, 5}, {1, 1}, {2, 1}}), 3);
  EXPECT_EQ(weighted_median({{1, 2}, {2, 1}, {9, 1}}), 1);
}

}  // namespace
}  // namespace ionloom::plan
