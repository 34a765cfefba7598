#pragma once

#include <optional>

#include "imaging/peak_table.h"
#include "stages/ions.h"
#include "stages/patterns.h"

namespace ionloom::stages {

/// How far from the ions' m/z a bias is looked for, to either side.
inline constexpr double kMassBiasReachPpm = 30;

struct MassBias {
  double ppm = 0;     ///< measured m/z - theoretical m/z, where peaks pile up most
  double excess = 0;  ///< height of that pile over the median, 1 = nothing to see
};

/// Measures a dataset's mass bias without knowing which ions are present: peaks of ions that are
/// there pile up at the bias around the first theoretical m/z of all target ions, peaks of anything
/// else spread evenly. nullopt when no pile stands out.
[[nodiscard]] std::optional<MassBias> measure_mass_bias(imaging::PeakTable peaks,
                                                        const IonSet& ions,
                                                        const PatternTable& patterns);

}  // namespace ionloom::stages
