#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "chem/fine_structure.h"

namespace ionloom::chem {

/// Isotopologues [first, last) of a fine structure whose profile no other one touches.
struct Cluster {
  std::size_t first = 0;
  std::size_t last = 0;
  double sum = 0;  ///< of intensities: the profile stays below it
};

/// Stretch of m/z.
struct MzRange {
  double low_mz = 0;
  double high_mz = 0;
};

/// A value that the profile of a cluster exceeds at some point of any grid of 25 points or more per
/// FWHM.
/// @param peaks  of the cluster
/// @param sigma_mz  the smallest sigma in the cluster
[[nodiscard]] double surely_reached(std::span<const PatternPeak> peaks, double sigma_mz);

/// Where the local maxima of a cluster's profile on a grid may lie, found from estimates of its
/// slope.
///
/// The slope S of a sum of Gaussians is estimated at samples a quarter of sigma apart; between two
/// of them it departs from its chord by at most h^2/8 max|S''|, so that a stretch where the chord
/// keeps further than that from 0 has no maximum on any grid. Sums of Gaussians are convex further
/// than one sigma from every peak, where no maximum lies either.
class MaximaSearch {
 public:
  /// @param peaks  of the cluster, ascending
  /// @param first_sigma_mz, last_sigma_mz  sigmas at its first and last peak; the grid may use any
  ///     between for each point
  /// @param threshold  maxima below it are not wanted
  /// @param add  called with ranges whose lower ends ascend. Every point of the grid that is a
  ///     maximum of at least `threshold` lies in one or at most one grid step beside it.
  void find(std::span<const PatternPeak> peaks, double first_sigma_mz, double last_sigma_mz,
            double threshold, const std::function<void(const MzRange&)>& add);

  /// Of the samples.
  [[nodiscard]] static std::uint64_t memory_bound_bytes();

 private:
  /// Estimates at a sample.
  struct Sample {
    float slope = 0;
    float value = 0;
  };

  /// What is the same for a whole cluster.
  struct Limits {
    double sigma_mz = 0;
    double sigma_change = 0;
    double threshold = 0;
  };

  void find_between(std::span<const PatternPeak> peaks, const MzRange& stretch,
                    const Limits& limits, const std::function<void(const MzRange&)>& add);
  void sample(std::span<const PatternPeak> peaks, double from_mz, double to_mz, double sigma_mz);

  std::vector<Sample> samples_;
  double intensity_ = 0;  ///< sum of all intensities that had part in the samples
};

}  // namespace ionloom::chem
