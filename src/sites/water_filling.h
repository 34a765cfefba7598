#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace ionloom::sites {

/// How long a site takes for a share of divisible work: before_s + share x whole_s.
struct Filling {
  bool may_work = true;
  double before_s = 0;  ///< what it does first, however small the share
  double whole_s = 0;   ///< for all of the work, > 0
};

/// Shares that add up to 1 with which all sites that get any finish together, and none that gets
/// nothing could have helped. Empty when no site may work.
[[nodiscard]] std::vector<double> finish_together(const std::vector<Filling>& sites);

}  // namespace ionloom::sites
