#pragma once

#include <cstdint>

#include "base/error.h"
#include "exec/peak_buffer.h"
#include "exec/progress.h"
#include "imzml/dataset.h"
#include "imzml/spectrum_reader.h"
#include "stages/index.h"
#include "stages/ingest.h"

namespace ionloom::exec {

/// Consecutive spectra of a dataset: [first, last).
struct SpectrumRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Ranges of spectra that are counted and placed apart.
[[nodiscard]] std::uint32_t ingest_ranges(std::uint32_t threads);

/// What one call of ingest_spectra() adds to.
struct IngestedPeaks {
  std::uint64_t peaks = 0;  ///< in the buffer's front, in order of (m/z, spectrum, position)
  std::uint64_t unsorted_spectra = 0;  ///< spectra so far whose m/z fall somewhere
  stages::MzHistogram histogram;       ///< of all peaks so far
};

/// Reads the peaks of some spectra, twice (to count, then to place them), and sorts them by m/z, on
/// `threads` threads of the current arena. Progress is advanced by their declared peaks.
/// @param buffer  made to measure when it is empty; otherwise it must hold all declared peaks
/// Fails when a peak cannot be read or when the run was cancelled.
[[nodiscard]] Result<void> ingest_spectra(const imzml::Dataset& dataset,
                                          const imzml::SpectrumReader& reader,
                                          const stages::PixelIndex& pixels, SpectrumRange spectra,
                                          std::uint32_t threads, PeakBuffer& buffer,
                                          IngestedPeaks& ingested, Progress& progress);

}  // namespace ionloom::exec
