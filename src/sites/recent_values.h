#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ionloom::sites {

/// Quantile of a link's bandwidths that plans count on: three of four transfers reach it.
inline constexpr double kCountedOn = 0.25;

/// The last values of something that changes with time, such as a link's bandwidth: its quantiles
/// are those of what was seen lately.
class RecentValues {
 public:
  static constexpr std::size_t kMost = 64;

  RecentValues() = default;
  /// Of these the last kMost.
  explicit RecentValues(std::span<const double> values);

  /// Adds one, and forgets the oldest when there are more than kMost. One that cannot be true (not
  /// finite, not above 0) is left out.
  void add(double value);

  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] std::span<const double> values() const { return values_; }  ///< oldest first

  /// Between neighbours in size, linearly. REQUIRES: not empty; `probability` in [0, 1].
  [[nodiscard]] double quantile(double probability) const;

  bool operator==(const RecentValues&) const = default;

 private:
  std::vector<double> values_;
};

}  // namespace ionloom::sites
