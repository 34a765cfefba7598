#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "exec/progress.h"
#include "imaging/peak_table.h"
#include "imzml/dataset.h"
#include "stages/index.h"

namespace ionloom::exec {

struct IngestedPeaks {
  std::vector<imaging::Peak> peaks;    ///< in order of (m/z, spectrum, position)
  std::uint64_t unsorted_spectra = 0;  ///< spectra whose m/z fall somewhere
};

/// Reads all peaks of a dataset, twice (to count, then to place them), and sorts them by m/z, on
/// `threads` threads of the current arena. The .ibd is never held in memory as a whole.
[[nodiscard]] Result<IngestedPeaks> ingest(const imzml::Dataset& dataset,
                                           const stages::PixelIndex& pixels, std::uint32_t threads,
                                           Progress& progress);

}  // namespace ionloom::exec
