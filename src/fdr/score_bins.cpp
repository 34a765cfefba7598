#include "fdr/score_bins.h"

#include <algorithm>
#include <cmath>

namespace ionloom::fdr {
namespace {

constexpr std::size_t kPlacesPerBound = 8;  // so that most places are empty

}  // namespace

ScoreBins::ScoreBins(std::span<const double> scores) : bounds_(scores.begin(), scores.end()) {
  std::ranges::sort(bounds_);
  const auto [end, rest] = std::ranges::unique(bounds_);
  bounds_.erase(end, rest);
  const std::size_t places = kPlacesPerBound * bounds_.size() + 1;
  if (bounds_.size() > 1) {
    const double scale = static_cast<double>(places - 1) / (bounds_.back() - bounds_.front());
    // Bounds that are too near for a table, or too far apart, share one place.
    if (std::isfinite(scale)) places_per_score_ = scale;
  }
  first_.assign(places + 1, 0);
  for (const double bound : bounds_) ++first_[place_of(bound) + 1];
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
}

/// Never less for a greater score.
std::size_t ScoreBins::place_of(double score) const {
  const double place = (score - bounds_.front()) * places_per_score_;
  const std::size_t last = kPlacesPerBound * bounds_.size();
  return place < static_cast<double>(last) ? static_cast<std::size_t>(place) : last;
}

std::uint32_t ScoreBins::find(double score) const {
  if (bounds_.empty() || score < bounds_.front()) return 0;
  const std::size_t place = place_of(score);
  const double* bound = bounds_.data() + first_[place];
  // Halved without branches on scores, which no processor could predict.
  for (std::size_t left = first_[place + 1] - first_[place]; left > 0;) {
    const std::size_t half = (left + 1) / 2;
    bound += bound[half - 1] <= score ? half : 0;
    left -= half;
  }
  return static_cast<std::uint32_t>(bound - bounds_.data());
}

}  // namespace ionloom::fdr
