#include "stages/annotate.h"

#include <algorithm>

namespace ionloom::stages {

std::vector<std::uint32_t> ions_in_range(const PatternTable& patterns, double first_mz,
                                         double last_mz) {
  std::vector<std::uint32_t> ions;
  const std::size_t count = patterns.mz.size() / patterns.peaks_per_ion;
  for (std::size_t ion = 0; ion < count; ++ion) {
    const auto mz = patterns.of(ion).mz;
    if (std::ranges::any_of(mz,
                            [&](double value) { return value > first_mz && value < last_mz; })) {
      ions.push_back(static_cast<std::uint32_t>(ion));
    }
  }
  std::ranges::stable_sort(ions, {}, [&](std::uint32_t ion) { return patterns.of(ion).mz[0]; });
  return ions;
}

void append_windows(const imaging::TheoreticalPeaks& theory, double tolerance_ppm,
                    std::vector<imaging::MzWindow>& windows) {
  for (const double mz : theory.mz) {
    if (mz > 0) windows.push_back(imaging::mz_window(mz, tolerance_ppm));
  }
}

void annotate_ions(imaging::PeakTable peaks, const IonSet& ions, const PatternTable& patterns,
                   std::span<const std::uint32_t> slice, bool all_metrics,
                   imaging::IonMeasurer& measurer, std::vector<MeasuredIon>& kept) {
  imaging::IonMetrics metrics;
  for (const std::uint32_t ion : slice) {
    const imaging::TheoreticalPeaks theory = patterns.of(ion);
    const bool keep_always = all_metrics || ions.is_targeted[ion] != 0;
    measurer.cut_images(peaks, theory);
    measurer.measure(theory, keep_always || ions.is_target[ion] != 0, metrics);
    if (!keep_always && !(metrics.msm > 0)) continue;
    measurer.add_statistics(theory, metrics);
    kept.push_back({ion, metrics});
  }
}

std::uint64_t annotate_memory_bound_bytes(std::uint64_t ions, std::uint32_t peaks_per_ion,
                                          std::uint64_t pixels, std::uint64_t box_size,
                                          std::uint64_t threads) {
  const std::uint64_t per_ion =
      sizeof(MeasuredIon) + peaks_per_ion * sizeof(imaging::ImageStatistics) + 16;
  // Slices append to vectors that may have grown to twice their size before they are joined.
  return 2 * ions * sizeof(MeasuredIon) + ions * per_ion +
         threads * imaging::IonMeasurer::memory_bound_bytes(pixels, box_size, peaks_per_ion);
}

}  // namespace ionloom::stages
