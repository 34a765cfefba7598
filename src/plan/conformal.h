#pragma once

#include <span>
#include <vector>

namespace ionloom::plan {

/// How far measured values of a model may lie from predicted ones, from values that the model was
/// not fitted to: split conformal prediction (Lei et al. 2018, doi:10.1080/01621459.2017.1307116).
/// A new value lies within with the probability asked for, whatever the errors' distribution, as
/// long as it comes from the same source as those that were scored.
class ConformalScores {
 public:
  ConformalScores() = default;
  /// @param scores  |log(measured / predicted)| of values held out from the fit
  explicit ConformalScores(std::vector<double> scores);

  struct Width {
    double log = 0;    ///< bounds are predicted x exp(+-log)
    double level = 0;  ///< probability that it stands for; below the one asked for when too few
                       ///< values were scored to stand for that; 0 when none was
  };

  /// @param level  in (0, 1)
  [[nodiscard]] Width width(double level) const;
  [[nodiscard]] std::size_t size() const { return scores_.size(); }
  [[nodiscard]] std::span<const double> values() const { return scores_; }  ///< ascending

 private:
  std::vector<double> scores_;  ///< ascending
};

}  // namespace ionloom::plan
