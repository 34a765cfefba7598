#include "plan/conformal.h"

#include <algorithm>
#include <cmath>

namespace ionloom::plan {

ConformalScores::ConformalScores(std::vector<double> scores) : scores_(std::move(scores)) {
  std::ranges::sort(scores_);
}

ConformalScores::Width ConformalScores::width(double level) const {
  if (scores_.empty()) return {};
  const double next = static_cast<double>(scores_.size() + 1);
  // A new score is as likely to fall between any two of the old ones.
  const std::size_t rank = static_cast<std::size_t>(std::ceil(next * level - 1e-9));
  if (rank <= scores_.size()) {
    return {.log = scores_[std::max<std::size_t>(rank, 1) - 1], .level = level};
  }
  return {.log = scores_.back(), .level = 1 - 1 / next};
}

}  // namespace ionloom::plan
