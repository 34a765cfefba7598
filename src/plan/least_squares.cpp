#include "plan/least_squares.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace ionloom::plan {

void Equations::add(std::span<const double> left, double right) {
  left_.insert(left_.end(), left.begin(), left.end());
  right_.push_back(right);
}

namespace {

/// Columns scaled to length 1 keep what is small beside what is large: a constant beside 10^9
/// peaks.
constexpr double kNegligible = 1e-12;

struct NormalEquations {
  std::size_t n = 0;
  std::vector<double> gram;   ///< [i][j] column i . column j
  std::vector<double> right;  ///< column i . right side
  std::vector<double> scale;  ///< length of each column; 0 for one of zeros
};

NormalEquations normal_equations(const Equations& equations) {
  const std::size_t n = equations.columns();
  NormalEquations normal{.n = n,
                         .gram = std::vector<double>(n * n),
                         .right = std::vector<double>(n),
                         .scale = std::vector<double>(n)};
  for (std::size_t row = 0; row < equations.rows(); ++row) {
    const std::span<const double> left = equations.left(row);
    for (std::size_t i = 0; i < n; ++i) {
      normal.right[i] += left[i] * equations.right(row);
      for (std::size_t j = 0; j < n; ++j) normal.gram[i * n + j] += left[i] * left[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) normal.scale[i] = std::sqrt(normal.gram[i * n + i]);
  for (std::size_t i = 0; i < n; ++i) {
    if (normal.scale[i] == 0) continue;
    normal.right[i] /= normal.scale[i];
    for (std::size_t j = 0; j < n; ++j) {
      if (normal.scale[j] > 0) normal.gram[i * n + j] /= normal.scale[i] * normal.scale[j];
    }
  }
  return normal;
}

/// Solves the equations of some columns by Cholesky; nothing when they depend on each other.
std::optional<std::vector<double>> solve(const NormalEquations& normal,
                                         const std::vector<std::size_t>& columns) {
  const std::size_t m = columns.size();
  std::vector<double> lower(m * m);
  std::vector<double> x(m);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = normal.gram[columns[i] * normal.n + columns[j]];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i * m + k] * lower[j * m + k];
      if (i != j) {
        lower[i * m + j] = sum / lower[j * m + j];
      } else if (sum > kNegligible) {
        lower[i * m + i] = std::sqrt(sum);
      } else {
        return std::nullopt;
      }
    }
    double sum = normal.right[columns[i]];
    for (std::size_t k = 0; k < i; ++k) sum -= lower[i * m + k] * x[k];
    x[i] = sum / lower[i * m + i];
  }
  for (std::size_t i = m; i-- > 0;) {
    for (std::size_t k = i + 1; k < m; ++k) x[i] -= lower[k * m + i] * x[k];
    x[i] /= lower[i * m + i];
  }
  return x;
}

/// The method's state: x, and the columns that are free to be above 0.
class ActiveSet {
 public:
  explicit ActiveSet(const NormalEquations& normal)
      : normal_(normal), x_(normal.n), is_free_(normal.n), is_refused_(normal.n) {}

  /// Each admitted column lowers the sum of squares, so that no set of free columns comes twice;
  /// the limit on rounds is for rounding alone.
  std::vector<double> run() {
    for (std::size_t round = 0; round < 10 * normal_.n; ++round) {
      const auto column = steepest();
      if (!column) break;
      admit(*column);
    }
    return x_;
  }

 private:
  /// The column at 0 along which the squares fall fastest.
  [[nodiscard]] std::optional<std::size_t> steepest() const {
    std::optional<std::size_t> best;
    double most = kNegligible;
    for (std::size_t i = 0; i < normal_.n; ++i) {
      if (is_free_[i] || is_refused_[i] || normal_.scale[i] == 0) continue;
      double slope = normal_.right[i];
      for (std::size_t j = 0; j < normal_.n; ++j) slope -= normal_.gram[i * normal_.n + j] * x_[j];
      if (slope > most) {
        most = slope;
        best = i;
      }
    }
    return best;
  }

  /// Frees a column and goes to the least squares of the free ones; columns that would fall below 0
  /// on the way are stopped at 0.
  void admit(std::size_t column) {
    is_free_[column] = true;
    std::vector<std::size_t> columns = free_columns();
    auto wanted = solve(normal_, columns);
    const auto place = std::ranges::find(columns, column) - columns.begin();
    if (!wanted || (*wanted)[place] <= 0) {
      is_free_[column] = false;
      is_refused_[column] = true;
      return;
    }
    while (wanted && std::ranges::any_of(*wanted, [](double w) { return w <= 0; })) {
      retreat(columns, *wanted);
      columns = free_columns();
      wanted = solve(normal_, columns);
    }
    for (std::size_t i = 0; wanted && i < columns.size(); ++i) x_[columns[i]] = (*wanted)[i];
    is_refused_.assign(normal_.n, false);
  }

  /// Moves towards what is wanted until the first column reaches 0, which is then no longer free.
  void retreat(const std::vector<std::size_t>& columns, const std::vector<double>& wanted) {
    double step = 1;
    std::size_t first = columns.front();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (wanted[i] > 0) continue;
      const double x = x_[columns[i]];
      const double reach = x > 0 ? x / (x - wanted[i]) : 0;
      if (reach < step) {
        step = reach;
        first = columns[i];
      }
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      double& x = x_[columns[i]];
      x += step * (wanted[i] - x);
      x = std::max(x, 0.0);
    }
    x_[first] = 0;
    is_free_[first] = false;
  }

  [[nodiscard]] std::vector<std::size_t> free_columns() const {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < normal_.n; ++i) {
      if (is_free_[i]) columns.push_back(i);
    }
    return columns;
  }

  const NormalEquations& normal_;
  std::vector<double> x_;
  std::vector<bool> is_free_;
  std::vector<bool> is_refused_;
};

}  // namespace

std::vector<double> least_squares_above_zero(const Equations& equations) {
  const NormalEquations normal = normal_equations(equations);
  std::vector<double> x = ActiveSet(normal).run();
  for (std::size_t i = 0; i < normal.n; ++i) {
    if (normal.scale[i] > 0) x[i] /= normal.scale[i];
  }
  return x;
}

}  // namespace ionloom::plan
