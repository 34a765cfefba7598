#pragma once

#include <span>
#include <vector>

#include "plan/least_squares.h"

namespace ionloom::plan {

/// Coefficients >= 0 of times that grow with work, and how far measured times lie from them.
struct RobustFit {
  std::vector<double> coefficients;
  double spread_log = 0;         ///< robust standard deviation of log(measured / fitted)
  std::vector<bool> is_outlier;  ///< rows that the fit does not believe
};

/// Fits right ~ coefficients . left by least squares on the relative error, coefficients >= 0. Rows
/// that disagree with the majority by more than 4.7 standard deviations have no influence, however
/// far off they are: the start is the best of many small samples of rows by the median error, then
/// weights are Tukey's (Yohai 1987, doi:10.1214/aos/1176350366, of which this is the plain form).
/// Deterministic.
/// REQUIRES: finite numbers, left >= 0, right > 0, at least one row.
[[nodiscard]] RobustFit fit_relative(const Equations& equations);

/// coefficients . left
[[nodiscard]] double fitted(std::span<const double> coefficients, std::span<const double> left);

/// Median; the mean of the middle two of an even number. REQUIRES: at least one value.
[[nodiscard]] double median(std::vector<double> values);

/// A value, and how much it counts.
struct Weighted {
  double value = 0;
  double weight = 1;
};

/// The least value that at least half of the weight does not exceed. REQUIRES: at least one value,
/// weights > 0.
[[nodiscard]] double weighted_median(std::vector<Weighted> values);

/// Standard deviation of normal errors whose absolute values have this median. REQUIRES: as
/// median().
[[nodiscard]] double normal_spread(std::vector<double> errors);

}  // namespace ionloom::plan
