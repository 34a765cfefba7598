#include "sites/recent_values.h"

#include <algorithm>
#include <cmath>

namespace ionloom::sites {

RecentValues::RecentValues(std::span<const double> values) {
  for (const double value : values) add(value);
}

void RecentValues::add(double value) {
  if (!std::isfinite(value) || !(value > 0)) return;
  values_.push_back(value);
  if (values_.size() > kMost) values_.erase(values_.begin());
}

double RecentValues::quantile(double probability) const {
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - std::floor(position));
}

}  // namespace ionloom::sites
