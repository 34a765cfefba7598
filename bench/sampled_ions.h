#pragma once

#include <cstddef>
#include <filesystem>

#include "base/error.h"
#include "chem/isotopic_pattern.h"
#include "stages/ions.h"
#include "stages/patterns.h"

namespace ionloom::bench {

/// Settings of METASPACE's version 3 for an Orbitrap of resolving power 140,000, positive mode.
[[nodiscard]] chem::PatternSettings pattern_settings();

/// About `count` ions of a molecule list, targets (+H, +Na, +K) and their 20 decoys: all ions of
/// formulas at equal distances in the list, so that they are as mixed as those of the whole list.
[[nodiscard]] Result<stages::IonSet> sampled_ions(const std::filesystem::path& list,
                                                  std::size_t count);

/// Computes the patterns of all ions with a calculator of its own.
[[nodiscard]] stages::PatternTable patterns_of(const stages::IonSet& ions);

}  // namespace ionloom::bench
