#include "imaging/ion_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "imaging/numpy_sum.h"
#include "imaging/spectral_metric.h"

namespace ionloom::imaging {
namespace {

constexpr double kNotComputed = std::numeric_limits<double>::quiet_NaN();

/// Infinite sums are stored as the largest f32, undefined ones as 0 (numpy.nan_to_num).
float storable(float value) {
  if (std::isnan(value)) return 0;
  return std::clamp(value, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
}

double or_zero(double metric) {
  return std::isnan(metric) ? 0 : metric;
}

}  // namespace

IonMeasurer::IonMeasurer(const PixelGrid& grid, const MetricSettings& settings)
    : grid_(grid),
      settings_(settings),
      extractor_(grid.pixel_count()),
      chaos_(grid),
      dense_(grid.pixel_count(), 0.0F) {}

std::span<const IonImage> IonMeasurer::cut_images(PeakTable peaks, const TheoreticalPeaks& theory) {
  images_.resize(theory.mz.size());
  for (std::size_t k = 0; k < theory.mz.size(); ++k) {
    images_[k].clear();
    if (theory.mz[k] == 0) continue;
    const auto [first, last] =
        peaks_in_window(peaks, mz_window(theory.mz[k], settings_.tolerance_ppm));
    if (last - first < settings_.min_px) continue;
    extractor_.extract(peaks, first, last, images_[k]);
  }
  return images_;
}

bool IonMeasurer::measure(const TheoreticalPeaks& theory, bool all_metrics, IonMetrics& metrics) {
  metrics.spectral = metrics.spatial = metrics.chaos = kNotComputed;
  metrics.msm = 0;
  if (!all_metrics) {
    const bool others = std::any_of(images_.begin() + 1, images_.end(),
                                    [](const IonImage& image) { return !image.empty(); });
    if (images_[0].empty() || !others) return false;
  }
  metrics.spectral = spectral_metric(images_, theory.intensity);
  if (!all_metrics && !(metrics.spectral > 0)) return false;
  metrics.spatial =
      spatial_metric(images_, theory.intensity, grid_.pixel_count(), settings_.spatial);
  if (!all_metrics && !(metrics.spatial > 0)) return false;
  metrics.chaos = chaos_.measure(images_[0], settings_.chaos);
  metrics.msm = (or_zero(metrics.chaos) * or_zero(metrics.spatial)) * or_zero(metrics.spectral);
  return all_metrics || metrics.msm > 0;
}

void IonMeasurer::add_statistics(const TheoreticalPeaks& theory, IonMetrics& metrics) {
  metrics.images.assign(images_.size(), {});
  for (std::size_t k = 0; k < images_.size(); ++k) {
    ImageStatistics& statistics = metrics.images[k];
    statistics.mz_mean = theory.mz[k];
    if (images_[k].empty()) continue;
    scatter(images_[k], dense_);
    statistics.total = storable(numpy_sum(dense_));
    for (const std::uint32_t pixel : images_[k].pixels) dense_[pixel] = 0;
    statistics.max = storable(std::ranges::max(images_[k].values));
    statistics.mz_mean = images_[k].mz_mean;
    statistics.mz_stddev = images_[k].mz_stddev;
    statistics.has_image = true;
  }
  metrics.mz_err_abs = metrics.images[0].mz_mean - theory.mz[0];
  double weights = 0;
  double weighted = 0;
  for (std::size_t k = 1; k < images_.size(); ++k) {
    const double error = metrics.images[k].mz_mean - theory.mz[k] - metrics.mz_err_abs;
    weighted += error * theory.intensity[k];
    weights += theory.intensity[k];
  }
  metrics.mz_err_rel = weights > 0 ? weighted / weights : 0;
}

std::uint64_t IonMeasurer::memory_bound_bytes(std::uint64_t pixels, std::uint64_t box_size,
                                              std::uint32_t max_peaks) {
  const std::uint64_t scratch = pixels * 2 * sizeof(float) + pixels / 8 + 64;
  // An image's two columns may have grown to twice their size; the overlap of all images, its index
  // and the pixels under the first image are made for one metric at a time.
  const std::uint64_t images = max_peaks * pixels * 2 * (sizeof(float) + sizeof(std::uint32_t));
  const std::uint64_t overlap = pixels * (max_peaks * sizeof(float) + 4 * sizeof(std::uint32_t));
  return scratch + images + overlap + ChaosMeter::memory_bound_bytes(box_size);
}

}  // namespace ionloom::imaging
