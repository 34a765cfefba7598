#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "chem/profile_grid.h"

namespace ionloom::chem {

/// Finds the peaks of the profile that an instrument shows for a fine structure. Holds what is the
/// same for every ion, and scratch; one per thread.
class EnvelopeDetector {
 public:
  explicit EnvelopeDetector(const PeakShape& shape);
  EnvelopeDetector(EnvelopeDetector&&) noexcept;
  EnvelopeDetector& operator=(EnvelopeDetector&&) noexcept;
  ~EnvelopeDetector();

  /// Local maxima of the sum of Gaussians on a grid of 25 points per FWHM, each centroided over up
  /// to 15 points.
  ///
  /// Only what can matter is computed: a sum of Gaussians has no maximum further than one sigma
  /// from every peak (it is convex there), and a cluster of peaks whose intensities add up to less
  /// than the `enough`-th highest maximum found cannot change the `enough` highest.
  ///
  /// @param fine    isotopologues in ascending m/z, charge applied, highest intensity 1, not empty
  /// @param enough  how many of the most intense centroids are wanted
  /// @param centroids  cleared, then filled in ascending m/z with at least the `enough` most
  ///     intense ones (all, if there are fewer), intensities relative to the highest; none below
  ///     1e-4. Stays empty when no maximum reaches 1e-4.
  /// Source: ims-cpp, spectrum.cpp envelopeCentroids (0.3.5 for version 1, 0.4.2 for version 3),
  /// equal to it within 1e-12 relative in m/z and 1e-10 in intensity.
  void centroids(std::span<const PatternPeak> fine, std::size_t enough,
                 std::vector<PatternPeak>& centroids);

  /// Of what it holds, and of the centroids.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::size_t enough);

 private:
  struct Scratch;

  PeakShape shape_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace ionloom::chem
