#include "plan/least_squares.h"

#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

double squares(const Equations& equations, const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t row = 0; row < equations.rows(); ++row) {
    double error = -equations.right(row);
    for (std::size_t i = 0; i < x.size(); ++i) error += equations.left(row)[i] * x[i];
    sum += error * error;
  }
  return sum;
}

/// Least squares of some columns without bounds, by Gaussian elimination with pivots.
std::vector<double> unbounded(const Equations& equations, const std::vector<std::size_t>& columns) {
  const std::size_t m = columns.size();
  std::vector<std::vector<double>> a(m, std::vector<double>(m + 1));
  for (std::size_t row = 0; row < equations.rows(); ++row) {
    for (std::size_t i = 0; i < m; ++i) {
      const double left = equations.left(row)[columns[i]];
      for (std::size_t j = 0; j < m; ++j) a[i][j] += left * equations.left(row)[columns[j]];
      a[i][m] += left * equations.right(row);
    }
  }
  for (std::size_t k = 0; k < m; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < m; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    for (std::size_t i = 0; i < m; ++i) {
      if (i == k) continue;
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j <= m; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  std::vector<double> x(equations.columns());
  for (std::size_t i = 0; i < m; ++i) x[columns[i]] = a[i][m] / a[i][i];
  return x;
}

/// The best over every choice of columns that may be above 0.
double least_by_brute_force(const Equations& equations) {
  double least = squares(equations, std::vector<double>(equations.columns()));
  for (std::uint32_t set = 1; set < 1U << equations.columns(); ++set) {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < equations.columns(); ++i) {
      if ((set >> i & 1U) != 0) columns.push_back(i);
    }
    const std::vector<double> x = unbounded(equations, columns);
    bool allowed = true;
    for (const double value : x) allowed = allowed && value >= 0;
    if (allowed) least = std::min(least, squares(equations, x));
  }
  return least;
}

TEST(LeastSquares, equals_the_best_of_all_choices_of_columns_on_300_random_problems) {
  RandomNumbers random(3);
  for (int problem = 0; problem < 300; ++problem) {
    Equations equations(1 + random.below(6));
    const std::size_t rows = equations.columns() + random.below(20);
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<double> left(equations.columns());
      for (double& value : left) value = random.normal();
      equations.add(left, random.normal());
    }
    const std::vector<double> x = least_squares_above_zero(equations);
    for (const double value : x) EXPECT_GE(value, 0);
    const double least = least_by_brute_force(equations);
    EXPECT_NEAR(squares(equations, x), least, 1e-9 * (1 + least)) << "problem " << problem;
  }
}

TEST(LeastSquares, finds_coefficients_of_very_different_size) {
  Equations equations(3);
  RandomNumbers random(5);
  for (int row = 0; row < 30; ++row) {
    const std::vector<double> left = {1, 1e9 * random.uniform(), 1e4 * random.uniform()};
    equations.add(left, 2 + 3e-8 * left[1] + 5e-3 * left[2]);
  }
  const std::vector<double> x = least_squares_above_zero(equations);
  EXPECT_NEAR(x[0], 2, 1e-5);
  EXPECT_NEAR(x[1], 3e-8, 1e-13);
  EXPECT_NEAR(x[2], 5e-3, 1e-8);
}

TEST(LeastSquares, columns_of_zeros_and_columns_made_of_others_are_no_trouble) {
  Equations equations(4);
  for (int row = 1; row <= 5; ++row) {
    const double t = row;
    equations.add(std::vector<double>{t, 2 * t, 0, 1}, 4 * t + 1);
  }
  const std::vector<double> x = least_squares_above_zero(equations);
  EXPECT_NEAR(squares(equations, x), 0, 1e-18);
  EXPECT_EQ(x[2], 0);
}

TEST(LeastSquares, what_only_falls_gets_nothing) {
  Equations equations(1);
  for (int row = 1; row <= 5; ++row) equations.add(std::vector<double>{1.0 * row}, -1.0 * row);
  EXPECT_EQ(least_squares_above_zero(equations), std::vector<double>{0});
}

TEST(LeastSquares, no_equations_give_zeros) {
  EXPECT_EQ(least_squares_above_zero(Equations(2)), (std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace ionloom::plan
