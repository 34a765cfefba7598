#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ionloom::fdr {

/// The intervals between neighbouring scores, and which of them a score lies in: a table of evenly
/// spaced places leads to the few bounds that come into question.
class ScoreBins {
 public:
  /// @param scores  finite, in any order, equal ones count once; fewer than 2^32
  explicit ScoreBins(std::span<const double> scores);

  /// One more than there are different scores.
  [[nodiscard]] std::size_t count() const { return bounds_.size() + 1; }

  /// How many of the different scores are not above `score`, which is finite: 0 to count() - 1.
  [[nodiscard]] std::uint32_t find(double score) const;

 private:
  [[nodiscard]] std::size_t place_of(double score) const;

  std::vector<double> bounds_;  ///< the different scores, ascending
  double places_per_score_ = 0;
  std::vector<std::uint32_t> first_;  ///< per place, and one more: the first bound that is in it
};

}  // namespace ionloom::fdr
