#include "imaging/ion_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "imaging/mz_statistics.h"
#include "imaging/numpy_sum.h"
#include "imaging/spectral_metric.h"
#include "imaging/vectors.h"

namespace ionloom::imaging {
namespace {

/// A pixel's number and value in an IonImage.
constexpr std::uint64_t kEntryBytes = sizeof(std::uint32_t) + sizeof(float);
constexpr double kNotComputed = std::numeric_limits<double>::quiet_NaN();

/// Infinite sums are stored as the largest f32, undefined ones as 0 (numpy.nan_to_num).
float storable(float value) {
  if (std::isnan(value)) return 0;
  return std::clamp(value, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
}

/// A metric that is absent counts as 0; m/z statistics of infinite intensities are undefined and
/// stored as 0 (numpy.nan_to_num).
double or_zero(double value) {
  return std::isnan(value) ? 0 : value;
}

}  // namespace

double signal_match(double chaos, double spatial, double spectral) {
  return (or_zero(chaos) * or_zero(spatial)) * or_zero(spectral);
}

IonMeasurer::IonMeasurer(const PixelGrid& grid, const MetricSettings& settings)
    : grid_(grid), settings_(settings), extractor_(grid.pixel_count()), chaos_(grid) {
  first_image_.pixels.reserve(grid.pixel_count());
  first_image_.values.reserve(grid.pixel_count());
}

void IonMeasurer::expect_images(std::size_t count) {
  windows_.resize(count);
  near_.resize(count);
  scratch_.reserve((grid_.pixel_count() + count) * IonStack::kGroup);
}

/// The peaks of isotope peak k, none if they are too few for an image.
PeakRange IonMeasurer::window_of(PeakTable peaks, const TheoreticalPeaks& theory, std::size_t k) {
  if (theory.mz[k] == 0) return {};
  const PeakRange range =
      peaks_in_window(peaks, mz_window(theory.mz[k], settings_.tolerance_ppm), near_[k]);
  near_[k] = range.first;
  return range.size() < settings_.min_px ? PeakRange{} : range;
}

std::span<const IonImage> IonMeasurer::cut_images(PeakTable peaks, const TheoreticalPeaks& theory) {
  expect_images(theory.mz.size());
  images_.resize(theory.mz.size());
  for (std::size_t k = 0; k < theory.mz.size(); ++k) {
    extractor_.extract(peaks, window_of(peaks, theory, k), images_[k]);
  }
  return images_;
}

/// Sets the windows until it is clear whether MSM can be above 0. It cannot when the first image
/// has fewer than two pixels or shares none with another image: the spatial metric is 0 then.
bool IonMeasurer::can_score(PeakTable peaks, const TheoreticalPeaks& theory) {
  windows_[0] = window_of(peaks, theory, 0);
  if (windows_[0].size() < 2) return false;
  std::size_t others = 0;
  for (std::size_t k = 1; k < windows_.size(); ++k) {
    windows_[k] = window_of(peaks, theory, k);
    others += windows_[k].size();
  }
  return others > 0 && extractor_.share_a_pixel(peaks, windows_);
}

bool IonMeasurer::measure(PeakTable peaks, const TheoreticalPeaks& theory, bool all_metrics,
                          IonMetrics& metrics) {
  metrics.spectral = metrics.spatial = metrics.chaos = kNotComputed;
  metrics.msm = 0;
  expect_images(theory.mz.size());
  if (all_metrics) {
    for (std::size_t k = 0; k < windows_.size(); ++k) windows_[k] = window_of(peaks, theory, k);
  } else if (!can_score(peaks, theory)) {
    return false;
  }
  extractor_.extract(peaks, windows_, stack_);
  metrics.spectral = spectral_metric(stack_, theory.intensity, scratch_);
  if (!all_metrics && !(metrics.spectral > 0)) return false;
  metrics.spatial =
      spatial_metric(stack_, theory.intensity, grid_.pixel_count(), settings_.spatial);
  if (!all_metrics && !(metrics.spatial > 0)) return false;
  set_first_image(peaks);
  metrics.chaos = chaos_.measure(first_image_, settings_.chaos);
  metrics.msm = signal_match(metrics.chaos, metrics.spatial, metrics.spectral);
  return all_metrics || metrics.msm > 0;
}

void IonMeasurer::set_first_image(PeakTable peaks) {
  if (stack_.has_zero_peaks) {  // which make pixels of the image, but not of the stack
    extractor_.extract(peaks, windows_[0], first_image_);
    return;
  }
  first_image_.pixels.clear();
  first_image_.values.clear();
  const auto pixels = stack_.pixels();
  for (std::size_t i = 0; i < stack_.rows; ++i) {
    const float value = stack_.row(i)[0];
    if (!(value > 0)) continue;
    first_image_.pixels.push_back(pixels[i]);
    first_image_.values.push_back(value);
  }
}

void IonMeasurer::add_statistics(PeakTable peaks, const TheoreticalPeaks& theory,
                                 IonMetrics& metrics) {
  const std::size_t count = theory.mz.size();
  metrics.images.assign(count, {});
  for (std::size_t group = 0; group < stack_.groups; ++group) {
    const float* const values = stack_.row(0) + group * IonStack::kGroup;
    const std::size_t stride = stack_.groups * IonStack::kGroup;
    const Float4 totals = sparse_numpy_sum(stack_.pixels(), values, stride, grid_.pixel_count());
    Float4 highest = {};
    for (std::size_t i = 0; i < stack_.rows; ++i) {
      highest = higher_of(highest, load<Float4>(values + i * stride));
    }
    for (std::size_t lane = 0; lane < IonStack::kGroup; ++lane) {
      const std::size_t k = group * IonStack::kGroup + lane;
      if (k < count && windows_[k].size() > 0) {
        metrics.images[k].total = storable(totals[lane]);
        metrics.images[k].max = storable(highest[lane]);
      }
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    ImageStatistics& statistics = metrics.images[k];
    statistics.has_image = windows_[k].size() > 0;
    statistics.mz_mean = theory.mz[k];
    if (!statistics.has_image) continue;
    const MzStatistics mz = mz_statistics(peaks, windows_[k]);
    statistics.mz_mean = mz.mean;
    statistics.mz_stddev = mz.stddev;
  }
  metrics.mz_err_abs = metrics.images[0].mz_mean - theory.mz[0];
  double weights = 0;
  double weighted = 0;
  for (std::size_t k = 1; k < count; ++k) {
    const double error = metrics.images[k].mz_mean - theory.mz[k] - metrics.mz_err_abs;
    weighted += error * theory.intensity[k];
    weights += theory.intensity[k];
  }
  metrics.mz_err_rel = weights > 0 ? or_zero(weighted / weights) : 0;
  metrics.mz_err_abs = or_zero(metrics.mz_err_abs);
  for (ImageStatistics& statistics : metrics.images) {
    statistics.mz_mean = or_zero(statistics.mz_mean);
    statistics.mz_stddev = or_zero(statistics.mz_stddev);
  }
}

std::uint64_t IonMeasurer::memory_bound_bytes(const GridSize& grid, std::uint32_t max_peaks) {
  const std::uint64_t images = max_peaks * grid.pixels * kEntryBytes;  // of cut_images()
  return measure_memory_bound_bytes(grid, max_peaks) + images;
}

std::uint64_t IonMeasurer::cut_memory_bound_bytes(const GridSize& grid, std::uint32_t max_peaks) {
  const std::uint64_t images = max_peaks * grid.pixels * kEntryBytes;
  const std::uint64_t dense = grid.pixels * sizeof(float) + grid.pixels / 8 + grid.pixels / 512;
  const std::uint64_t first_image = grid.pixels * kEntryBytes;  // reserved by every measurer
  return images + dense + first_image + ChaosMeter::memory_bound_bytes(grid);
}

std::uint64_t IonMeasurer::measure_memory_bound_bytes(const GridSize& grid,
                                                      std::uint32_t max_peaks) {
  const std::uint64_t first_image = grid.pixels * kEntryBytes;
  const std::uint64_t gathered = (grid.pixels + max_peaks) * IonStack::kGroup * sizeof(float);
  const std::uint64_t windows =
      max_peaks * (sizeof(PeakRange) + sizeof(std::size_t) + sizeof(IonImage));
  constexpr std::uint64_t kRounding = std::uint64_t{32} * 4096;  // vectors to whole pages
  return kRounding + IonImageExtractor::memory_bound_bytes(grid.pixels, max_peaks) + first_image +
         gathered + windows + ChaosMeter::memory_bound_bytes(grid);
}

}  // namespace ionloom::imaging
