#include "plan/robust_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

/// Tukey's constant: 95 % of the efficiency of least squares on normal errors.
constexpr double kTukey = 4.685;
/// Makes the median of absolute deviations the standard deviation of normal errors.
constexpr double kNormalMad = 1.4826;
/// Spread below which measured times are taken as equal.
constexpr double kLeastSpread = 1e-9;
constexpr int kSamples = 50;
constexpr int kRounds = 20;

std::vector<double> log_errors(const Equations& equations,
                               const std::vector<double>& coefficients) {
  std::vector<double> errors(equations.rows());
  for (std::size_t row = 0; row < errors.size(); ++row) {
    const double value = fitted(coefficients, equations.left(row));
    errors[row] = value > 0 ? std::log(equations.right(row) / value)
                            : std::numeric_limits<double>::infinity();
  }
  return errors;
}

double median_size(std::vector<double> values) {
  for (double& value : values) value = std::abs(value);
  return median(std::move(values));
}

/// Adds a row divided by what is taken as its size, so that its error is relative to that.
void add_scaled(const Equations& from, std::size_t row, double factor, Equations& to,
                std::vector<double>& scratch) {
  const std::span<const double> left = from.left(row);
  scratch.assign(left.begin(), left.end());
  for (double& value : scratch) value *= factor;
  to.add(scratch, from.right(row) * factor);
}

/// The fit of all rows, or of the small sample of rows, that has the least median error.
std::vector<double> starting_point(const Equations& equations) {
  RandomNumbers random(1);
  std::vector<double> scratch;
  std::vector<double> best;
  double least = std::numeric_limits<double>::infinity();
  for (int sample = 0; sample <= kSamples; ++sample) {
    Equations part(equations.columns());
    const std::size_t rows = sample == 0 ? equations.rows() : equations.columns();
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t row = sample == 0 ? i : random.below(equations.rows());
      add_scaled(equations, row, 1 / equations.right(row), part, scratch);
    }
    std::vector<double> coefficients = least_squares_above_zero(part);
    const double error = median_size(log_errors(equations, coefficients));
    if (best.empty() || error < least) {
      least = error;
      best = std::move(coefficients);
    }
  }
  return best;
}

double spread_of(const std::vector<double>& errors) {
  return std::max(normal_spread(errors), kLeastSpread);
}

}  // namespace

double weighted_median(std::vector<Weighted> values) {
  std::ranges::sort(values, {}, &Weighted::value);
  double half = 0;
  for (const Weighted& one : values) half += one.weight / 2;
  double below = 0;
  for (const Weighted& one : values) {
    below += one.weight;
    if (below >= half) return one.value;
  }
  return values.back().value;
}

double normal_spread(std::vector<double> errors) {
  return kNormalMad * median_size(std::move(errors));
}

double fitted(std::span<const double> coefficients, std::span<const double> left) {
  double sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i) sum += coefficients[i] * left[i];
  return sum;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

RobustFit fit_relative(const Equations& equations) {
  RobustFit fit;
  fit.coefficients = starting_point(equations);
  std::vector<double> errors = log_errors(equations, fit.coefficients);
  std::vector<double> scratch;
  for (int round = 0; round < kRounds; ++round) {
    const double spread = spread_of(errors);
    if (!std::isfinite(spread)) break;  // all columns are 0 in most rows
    Equations weighted(equations.columns());
    for (std::size_t row = 0; row < errors.size(); ++row) {
      const double distance = errors[row] / (kTukey * spread);
      if (!(std::abs(distance) < 1)) continue;
      // Relative to the fitted time: noise of the measured one would pull the fit down.
      const double weight = 1 - distance * distance;
      add_scaled(equations, row, weight / fitted(fit.coefficients, equations.left(row)), weighted,
                 scratch);
    }
    if (weighted.rows() == 0) break;
    std::vector<double> coefficients = least_squares_above_zero(weighted);
    const bool has_settled = std::ranges::equal(
        coefficients, fit.coefficients,
        [](double a, double b) { return std::abs(a - b) <= 1e-10 * std::abs(b); });
    fit.coefficients = std::move(coefficients);
    errors = log_errors(equations, fit.coefficients);
    if (has_settled) break;
  }
  fit.spread_log = spread_of(errors);
  for (const double error : errors) {
    fit.is_outlier.push_back(!(std::abs(error) < kTukey * fit.spread_log));
  }
  return fit;
}

}  // namespace ionloom::plan
