#include "plan/stage_exchange.h"

#include <algorithm>
#include <cmath>

#include "plan/touched_share.h"

namespace ionloom::plan {
namespace {

// Bytes; the .ibd's and the spectra table's are of usual files (f64 m/z, f32 intensity).
constexpr double kIbdPeak = 12;
constexpr double kSpectrum = 28;
constexpr double kPixelOfSpectrum = 8;
constexpr double kFormula = 16;
constexpr double kIon = 24;
constexpr double kIonTableRow = 56;  ///< 4 (f64, f32), ion and flags
constexpr double kMetricsRow = 104;
constexpr double kImagePixel = 8;
constexpr double kRankedDraw = 24;
/// Largest range that is read at once.
constexpr double kLargestRead = 64.0 * (1 << 20);

double of(std::uint64_t count, double bytes) {
  return static_cast<double>(count) * bytes;
}

ExchangeWork reading(double requests, double bytes) {
  return {.requests = std::max(requests, std::ceil(bytes / kLargestRead)), .bytes = bytes};
}

/// Peaks of a stretch of m/z that one of `tasks` tasks works on.
ExchangeWork peaks_of_a_stretch(const JobCounts& job, double tasks, const ExchangeInputs& inputs) {
  const double touched = inputs.are_merged
                             ? std::min<double>(inputs.runs, std::ceil(inputs.runs / tasks) + 1)
                             : inputs.runs;
  // A range of blocks and one of the index of each.
  return reading(2 * touched, of(job.peaks, kRunPeakBytes) / tasks + 2 * kRunBlockBytes * touched);
}

}  // namespace

StageExchange stage_exchange(Stage stage, const JobCounts& job, std::uint32_t tasks,
                             const ExchangeInputs& inputs) {
  const double n = std::max<std::uint32_t>(tasks, 1);
  const auto writing = [&](double bytes) {
    return ExchangeWork{.requests = 1, .bytes = bytes / n};
  };
  switch (stage) {
    case Stage::kIndex:
      return {reading(2, of(job.spectra, kSpectrum)), writing(of(job.spectra, kPixelOfSpectrum))};
    case Stage::kIngest:
      return {reading(7, of(job.peaks, kIbdPeak) / n + of(job.spectra, kSpectrum) / n),
              writing(of(job.peaks, kRunPeakBytes))};
    case Stage::kMerge:
      return {peaks_of_a_stretch(job, n, inputs), writing(of(job.peaks, kRunPeakBytes))};
    case Stage::kIons:
      return {reading(static_cast<double>(job.lists), of(job.formulas, kFormula)),
              writing(of(job.ions, kIon))};
    case Stage::kPatterns:
      return {reading(3, of(job.ions, kIon) / n), writing(of(job.ions, kIonTableRow))};
    case Stage::kAnnotate: {
      const ExchangeWork peaks = peaks_of_a_stretch(job, n, inputs);
      return {{.requests = peaks.requests + inputs.ion_tables + 1,
               .bytes = peaks.bytes + of(job.ions, kIonTableRow) / n + of(job.pixels, 4)},
              writing(of(job.ions, kMetricsRow))};
    }
    case Stage::kImages: {
      const ExchangeWork peaks = peaks_of_a_stretch(job, n, inputs);
      const double pixels = stage_counts(Stage::kImages, job)[Count::kWindowPeaks];
      return {{.requests = peaks.requests + inputs.ion_tables + 1,
               .bytes = peaks.bytes + of(job.image_ions, kIonTableRow) / n + of(job.pixels, 4)},
              writing(pixels * kImagePixel)};
    }
    case Stage::kRank: {
      const double draws = stage_counts(Stage::kRank, job)[Count::kDraws];
      return {
          reading(inputs.metric_objects + 1.0, of(job.ions, kMetricsRow) + draws / n * kRankedDraw),
          writing(draws * kRankedDraw)};
    }
  }
  return {};
}

}  // namespace ionloom::plan
