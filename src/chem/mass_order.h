#pragma once

#include <cstdint>
#include <vector>

#include "chem/pattern_peak.h"

namespace ionloom::chem {

/// Sorts the isotopologues of ions by mass, equal ones by falling intensity. Holds scratch.
///
/// A few dozen come unordered, where a sort that compares two at a time mispredicts half of its
/// branches. Here the place of each is counted, four masses compared at once.
class MassOrder {
 public:
  /// @param peaks  not empty; masses in u, which need not be close to each other
  void sort(std::vector<PatternPeak>& peaks);

  /// Of the scratch.
  [[nodiscard]] static std::uint64_t memory_bound_bytes();

 private:
  bool sort_by_counting(std::vector<PatternPeak>& peaks);

  std::vector<std::int32_t> keys_;
  std::vector<PatternPeak> sorted_;
};

}  // namespace ionloom::chem
