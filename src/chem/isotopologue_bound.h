#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "chem/composition.h"
#include "chem/element_patterns.h"

namespace ionloom::chem {

/// Levels of isotopologue bounds: level L stands for at most 2^(L/2) of them.
inline constexpr std::uint8_t kHighestIsotopologueLevel = 34;

/// Isotopologues that an ion of this level has at most.
[[nodiscard]] std::uint32_t isotopologues_of_level(std::uint8_t level);

/// How many isotopologues ions can have, in a few nanoseconds an ion: the product of how many
/// configurations the atoms of each element have alone. Holds those met so far; one per thread.
class IsotopologueBound {
 public:
  IsotopologueBound() : elements_(AnalysisVersion::kV1) {}

  /// The lowest level that holds for the ion, in either version of the analysis. The highest when
  /// no lower one is known, as for an ion of kUsualCounts atoms of one element.
  [[nodiscard]] std::uint8_t level_of(const Composition& ion);

  [[nodiscard]] static std::uint64_t memory_bound_bytes();

 private:
  static constexpr std::uint32_t kPlaces = 4096;
  struct Known {
    std::uint32_t key = 0;  ///< element and count + 1; 0: none
    float levels = 0;       ///< 2 log2 of the configurations
  };

  [[nodiscard]] float levels_of(const ElementCount& entry);

  ElementPatterns elements_;
  std::array<Known, kPlaces> known_{};  ///< by hash; the later one stays
};

}  // namespace ionloom::chem
