#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ionloom::plan {

/// A way through the stages so far.
struct Label {
  double time_s = 0;
  double cost_usd = 0;
  std::uint32_t path = 0;  ///< what was chosen: a node of a PlanSearch
};

/// The labels of which none is beaten in both time and cost by another.
class ParetoFront {
 public:
  /// Adds a label unless one that is no slower and no dearer is here; drops those that it beats.
  /// @return whether it was added
  bool add(const Label& label);

  /// Whether add() would.
  [[nodiscard]] bool takes(double time_s, double cost_usd) const;

  [[nodiscard]] std::span<const Label> labels() const { return labels_; }  ///< ascending time

 private:
  std::vector<Label> labels_;  ///< time ascends, cost falls
};

}  // namespace ionloom::plan
