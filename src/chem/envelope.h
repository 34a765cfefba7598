#pragma once

#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "chem/instrument.h"

namespace ionloom::chem {

/// What the instrument makes of a fine structure: Gaussian peaks whose width follows m/z.
struct PeakShape {
  AnalysisVersion version = AnalysisVersion::kV3;
  Analyzer analyzer = Analyzer::kOrbitrap;
  double sigma_mz = 0;  ///< at m/z 200
};

/// Centroids of the profile that an instrument shows for a fine structure: local maxima of the sum
/// of Gaussians on a grid of 25 points per FWHM, each centroided over up to 15 points. Appended to
/// `centroids` (cleared first) in order of m/z, intensities relative to the highest; those below
/// 1e-4 are left out. Empty when no maximum reaches 1e-4.
/// @param fine  isotopologues in ascending m/z, charge applied, highest intensity 1, not empty
/// Source: ims-cpp, spectrum.cpp envelopeCentroids (0.3.5 for version 1, 0.4.2 for version 3),
/// equal to it within 1e-12 relative; see docs/decisions for what may not be changed.
void envelope_centroids(std::span<const PatternPeak> fine, const PeakShape& shape,
                        std::vector<PatternPeak>& centroids);

}  // namespace ionloom::chem
