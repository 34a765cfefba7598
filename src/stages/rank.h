#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "stages/annotate.h"
#include "stages/ions.h"

namespace ionloom::stages {

/// One target ion of a list with its false-discovery rate.
struct RankedIon {
  std::uint32_t formula = 0;   ///< position in the list's formulas
  std::uint32_t modifier = 0;  ///< position in IonSet::modifiers
  std::uint32_t measured = 0;  ///< position in the measured ions
  double fdr = 0;
};

/// Ranks the targets of one list against their decoys, each modifier by itself.
/// @param measured  all kept ions of the run, in ascending order of ion
/// @return every kept target, by modifier, then formula
/// Source: METASPACE engine, fdr.py, estimate_fdr with the MSM score.
[[nodiscard]] std::vector<RankedIon> rank_list(const IonSet& ions, std::size_t list,
                                               std::span<const MeasuredIon> measured,
                                               chem::AnalysisVersion version);

/// Whether METASPACE stores a ranked ion: MSM > 0 and FDR < 1, everything of targeted lists.
[[nodiscard]] bool is_stored(double msm, double fdr, bool targeted);

/// Bytes that ranking one list needs at most.
[[nodiscard]] std::uint64_t rank_memory_bound_bytes(std::uint64_t formulas,
                                                    const IonSettings& settings);

}  // namespace ionloom::stages
