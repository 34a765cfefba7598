#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ionloom::plan {

/// A matrix of few columns, a row an equation.
class Equations {
 public:
  explicit Equations(std::size_t columns) : columns_(columns) {}

  /// Adds an equation left . x = right. REQUIRES: left has as many values as there are columns.
  void add(std::span<const double> left, double right);

  [[nodiscard]] std::size_t rows() const { return right_.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::span<const double> left(std::size_t row) const {
    return std::span(left_).subspan(row * columns_, columns_);
  }
  [[nodiscard]] double right(std::size_t row) const { return right_[row]; }

 private:
  std::size_t columns_;
  std::vector<double> left_;
  std::vector<double> right_;
};

/// The x >= 0 that minimises the sum over rows of (left . x - right)^2: the active-set method of
/// Lawson & Hanson ("Solving Least Squares Problems", 1974, chapter 23) on the normal equations of
/// columns scaled to length 1. A column that others make up stays 0, so there is always an answer.
/// REQUIRES: every number is finite.
[[nodiscard]] std::vector<double> least_squares_above_zero(const Equations& equations);

}  // namespace ionloom::plan
