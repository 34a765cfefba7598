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
/// of Gaussians on a grid of 25 points per FWHM, each centroided over up to 15 points.
///
/// Only what can matter is computed: a sum of Gaussians has no maximum further than one sigma from
/// every peak (it is convex there), and a cluster of peaks whose intensities add up to less than
/// the `enough`-th highest maximum found cannot change the `enough` highest.
///
/// @param fine    isotopologues in ascending m/z, charge applied, highest intensity 1, not empty
/// @param enough  how many of the most intense centroids are wanted
/// @param centroids  cleared, then filled in ascending m/z with at least the `enough` most intense
///     ones (all, if there are fewer), intensities relative to the highest; none below 1e-4. Stays
///     empty when no maximum reaches 1e-4.
/// Source: ims-cpp, spectrum.cpp envelopeCentroids (0.3.5 for version 1, 0.4.2 for version 3),
/// equal to it within 1e-12 relative in m/z and 1e-10 in intensity.
void envelope_centroids(std::span<const PatternPeak> fine, const PeakShape& shape,
                        std::size_t enough, std::vector<PatternPeak>& centroids);

}  // namespace ionloom::chem
