#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/ion_metrics.h"
#include "stages/ions.h"
#include "stages/patterns.h"

namespace ionloom::stages {

/// An ion whose metrics are kept: MSM > 0, or in a targeted list, or every metric was asked for.
struct MeasuredIon {
  std::uint32_t ion = 0;  ///< position in IonSet::ions
  /// With statistics of its images if it is a target; of decoys only where all metrics are kept.
  imaging::IonMetrics metrics;
};

/// Whether a theoretical peak lies strictly inside (first m/z, last m/z) of the data. Source:
/// METASPACE engine, segment_centroids.py.
[[nodiscard]] bool is_in_range(std::span<const double> theoretical_mz, double first_mz,
                               double last_mz);

/// The ions with at least one theoretical peak strictly inside (first m/z, last m/z) of the data,
/// in order of their first theoretical m/z, so that a slice of them touches one stretch of the
/// peaks.
[[nodiscard]] std::vector<std::uint32_t> ions_in_range(const PatternTable& patterns,
                                                       double first_mz, double last_mz);

/// Appends the windows that an ion's images are cut from.
void append_windows(const imaging::TheoreticalPeaks& theory, double tolerance_ppm,
                    std::vector<imaging::MzWindow>& windows);

/// Measures one ion with its statistics.
/// @param keep_always  compute every metric, whatever they are
/// @return whether the ion is kept; `metrics` means nothing otherwise
[[nodiscard]] bool annotate_ion(imaging::PeakTable peaks, const imaging::TheoreticalPeaks& theory,
                                bool keep_always, imaging::IonMeasurer& measurer,
                                imaging::IonMetrics& metrics);

/// Measures a slice of the ions and appends those that are kept. The result for an ion does not
/// depend on the slice it is in.
/// @param all_metrics  compute every metric for every ion and keep all (METASPACE's
///                     compute_unused_metrics)
void annotate_ions(imaging::PeakTable peaks, const IonSet& ions, const PatternTable& patterns,
                   std::span<const std::uint32_t> slice, bool all_metrics,
                   imaging::IonMeasurer& measurer, std::vector<MeasuredIon>& kept);

/// Bytes of the kept ions when all are kept.
/// @param with_statistics  of them: targets, or all
[[nodiscard]] std::uint64_t measured_memory_bound_bytes(std::uint64_t ions,
                                                        std::uint64_t with_statistics,
                                                        std::uint32_t peaks_per_ion);

/// Bytes that the kept ions need when all `ions` are kept, and the measurers of `threads` threads.
[[nodiscard]] std::uint64_t annotate_memory_bound_bytes(std::uint64_t ions,
                                                        std::uint64_t with_statistics,
                                                        std::uint32_t peaks_per_ion,
                                                        const imaging::PixelGrid& grid,
                                                        std::uint64_t threads);

}  // namespace ionloom::stages
