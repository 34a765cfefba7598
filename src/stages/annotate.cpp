#include "stages/annotate.h"

#include <algorithm>

namespace ionloom::stages {

bool is_in_range(std::span<const double> theoretical_mz, double first_mz, double last_mz) {
  return std::ranges::any_of(theoretical_mz,
                             [&](double mz) { return mz > first_mz && mz < last_mz; });
}

std::vector<std::uint32_t> ions_in_range(const PatternTable& patterns, double first_mz,
                                         double last_mz) {
  std::vector<std::uint32_t> ions;
  const std::size_t width = patterns.peaks_per_ion;
  struct Place {
    double mz = 0;
    std::uint32_t ion = 0;
  };
  std::vector<Place> places;  // much less than the kept ions, which are not there yet
  for (std::size_t at = 0; at < patterns.mz.size(); at += width) {
    const auto mz = std::span(patterns.mz).subspan(at, width);
    if (is_in_range(mz, first_mz, last_mz)) {
      places.push_back({mz[0], static_cast<std::uint32_t>(at / width)});
    }
  }
  std::ranges::sort(places, [](const Place& a, const Place& b) {
    return a.mz < b.mz || (a.mz == b.mz && a.ion < b.ion);
  });
  ions.reserve(places.size());
  for (const Place& place : places) ions.push_back(place.ion);
  return ions;
}

void append_windows(const imaging::TheoreticalPeaks& theory, double tolerance_ppm,
                    std::vector<imaging::MzWindow>& windows) {
  for (const double mz : theory.mz) {
    if (mz > 0) windows.push_back(imaging::mz_window(mz, tolerance_ppm));
  }
}

bool annotate_ion(imaging::PeakTable peaks, const imaging::TheoreticalPeaks& theory,
                  bool keep_always, imaging::IonMeasurer& measurer, imaging::IonMetrics& metrics) {
  if (!measurer.measure(peaks, theory, keep_always, metrics)) return false;
  measurer.add_statistics(peaks, theory, metrics);
  return true;
}

void annotate_ions(imaging::PeakTable peaks, const IonSet& ions, const PatternTable& patterns,
                   std::span<const std::uint32_t> slice, bool all_metrics,
                   imaging::IonMeasurer& measurer, std::vector<MeasuredIon>& kept) {
  imaging::IonMetrics metrics;
  for (const std::uint32_t ion : slice) {
    // Targets whose MSM is 0 are not kept either, so that they need no more metrics than decoys.
    const bool keep_always = all_metrics || ions.is_targeted[ion] != 0;
    if (!annotate_ion(peaks, patterns.of(ion), keep_always, measurer, metrics)) continue;
    kept.push_back({ion, metrics});
    // Of a decoy nothing but its score is asked for.
    if (!all_metrics && ions.is_target[ion] == 0) kept.back().metrics.images = {};
  }
}

std::uint64_t measured_memory_bound_bytes(std::uint64_t ions, std::uint64_t with_statistics,
                                          std::uint32_t peaks_per_ion) {
  constexpr std::uint64_t kHeapBlockBytes = 16;
  return ions * sizeof(MeasuredIon) +
         with_statistics * (peaks_per_ion * sizeof(imaging::ImageStatistics) + kHeapBlockBytes);
}

std::uint64_t annotate_memory_bound_bytes(std::uint64_t ions, std::uint64_t with_statistics,
                                          std::uint32_t peaks_per_ion,
                                          const imaging::PixelGrid& grid, std::uint64_t threads) {
  return measured_memory_bound_bytes(ions, with_statistics, peaks_per_ion) +
         threads * imaging::IonMeasurer::memory_bound_bytes(grid.size(), peaks_per_ion);
}

}  // namespace ionloom::stages
