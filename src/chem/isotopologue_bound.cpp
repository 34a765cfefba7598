#include "chem/isotopologue_bound.h"

#include <algorithm>
#include <cmath>

namespace ionloom::chem {
namespace {

/// Configurations of one element that are counted: more are worth no low level.
constexpr std::size_t kMostCounted = 16'384;
/// Covers the rounding of sums of a hundred logarithms.
constexpr float kSlack = 0.01F;

}  // namespace

std::uint32_t isotopologues_of_level(std::uint8_t level) {
  if (level >= kHighestIsotopologueLevel) return kMostIsotopologues;
  const std::uint32_t power = std::uint32_t{1} << (level / 2U);
  return level % 2U == 0 ? power : static_cast<std::uint32_t>(std::ceil(power * std::sqrt(2.0)));
}

std::uint64_t IsotopologueBound::memory_bound_bytes() {
  return sizeof(IsotopologueBound) + ElementPatterns::counting_memory_bound_bytes();
}

float IsotopologueBound::levels_of(const ElementCount& entry) {
  const std::uint32_t key =
      std::uint32_t{entry.element} << 16U | static_cast<std::uint32_t>(entry.count + 1);
  constexpr std::uint32_t kSpread = 2'654'435'769;  // 2^32 / golden ratio
  Known& known = known_[(key * kSpread) >> 20U];
  static_assert(kPlaces == std::uint32_t{1} << 12U);
  if (known.key != key) {
    const auto count = elements_.configurations_of(entry, kMostCounted);
    // An element without isotopes has no pattern, nor has the ion.
    const double levels = count
                              ? 2 * std::log2(static_cast<double>(std::max<std::size_t>(*count, 1)))
                              : static_cast<double>(kHighestIsotopologueLevel);
    known = {key, static_cast<float>(levels)};
  }
  return known.levels;
}

std::uint8_t IsotopologueBound::level_of(const Composition& ion) {
  float levels = 0;
  for (const ElementCount& entry : ion.entries()) {
    if (entry.count < 0 || entry.count >= ElementPatterns::kUsualCounts) {
      return kHighestIsotopologueLevel;
    }
    levels += levels_of(entry);
  }
  levels = std::min(std::ceil(levels + kSlack), static_cast<float>(kHighestIsotopologueLevel));
  return static_cast<std::uint8_t>(levels);
}

}  // namespace ionloom::chem
