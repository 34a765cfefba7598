#pragma once

#include <cstdint>
#include <limits>

#include "base/error.h"
#include "base/warnings.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// What reading every peak tells of a dataset. "Peaks" are those with intensity > 0.
struct PeakSurvey {
  std::uint64_t declared = 0;  ///< values in the arrays, zeros included
  std::uint64_t peaks = 0;
  std::uint64_t least_in_spectrum = 0;
  std::uint64_t median_in_spectrum = 0;  ///< the lower one of an even number
  std::uint64_t most_in_spectrum = 0;
  std::uint64_t empty_spectra = 0;                             ///< spectra without a peak
  std::uint64_t unsorted_spectra = 0;                          ///< spectra whose m/z fall somewhere
  double lowest_mz = std::numeric_limits<double>::infinity();  ///< above highest_mz without peaks
  double highest_mz = 0;
  float lowest_intensity = std::numeric_limits<float>::infinity();
  float highest_intensity = 0;
  Warnings faults;  ///< spectra that cannot be read; they are left out of the other figures
};

/// Reads every spectrum once. Fails only when the .ibd cannot be opened or memory runs out.
[[nodiscard]] Result<PeakSurvey> survey_peaks(const Dataset& dataset);

}  // namespace ionloom::imzml
