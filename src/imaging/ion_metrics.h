#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/ion_images.h"
#include "imaging/measure_of_chaos.h"
#include "imaging/peak_table.h"
#include "imaging/pixel_grid.h"
#include "imaging/spatial_metric.h"

namespace ionloom::imaging {

struct MetricSettings {
  double tolerance_ppm = 3;
  std::uint32_t min_px = 1;  ///< images with fewer peaks (peaks, not pixels) count as empty
  SpatialArithmetic spatial = SpatialArithmetic::kRunningSingle;
  ChaosRule chaos = ChaosRule::kReference;
};

/// Theoretical pattern of an ion: equally many m/z and intensities, padded with 0.
struct TheoreticalPeaks {
  std::span<const double> mz;
  std::span<const float> intensity;
};

/// Statistics of one isotope image.
struct ImageStatistics {
  float total = 0;     ///< f32 sum in NumPy's order, detector units
  float max = 0;       ///< detector units; the minimum is always 0
  double mz_mean = 0;  ///< theoretical m/z when there is no image
  double mz_stddev = 0;
  bool has_image = false;
};

/// What the images of one ion say about it. A metric that early rejection left out is NaN.
struct IonMetrics {
  double spectral = 0;
  double spatial = 0;
  double chaos = 0;
  double msm = 0;         ///< (chaos x spatial) x spectral
  double mz_err_abs = 0;  ///< m/z units: mean of the first image - theory
  double mz_err_rel = 0;  ///< m/z units: other peaks' errors against the first, weighted by theory
  std::vector<ImageStatistics> images;
};

/// Images and metrics of ions over one peak table. Holds scratch; one per thread.
class IonMeasurer {
 public:
  /// REQUIRES: `grid` outlives the measurer.
  IonMeasurer(const PixelGrid& grid, const MetricSettings& settings);

  /// Cuts the images of an ion. An image with fewer than min_px peaks is empty.
  /// The span is valid until the next call.
  std::span<const IonImage> cut_images(PeakTable peaks, const TheoreticalPeaks& theory);

  /// Metrics of the images that cut_images() made last.
  /// @param all_metrics  compute every metric (targets); otherwise stop when one is 0 (decoys)
  /// @return false when the ion was rejected early; `metrics` then holds msm = 0
  bool measure(const TheoreticalPeaks& theory, bool all_metrics, IonMetrics& metrics);

  /// Fills the per-image statistics and m/z errors, which only kept ions need.
  void add_statistics(const TheoreticalPeaks& theory, IonMetrics& metrics);

  /// Bytes that one measurer holds at most, the images of one ion included.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t pixels,
                                                        std::uint64_t box_size,
                                                        std::uint32_t max_peaks);

 private:
  const PixelGrid& grid_;
  MetricSettings settings_;
  IonImageExtractor extractor_;
  ChaosMeter chaos_;
  std::vector<IonImage> images_;
  std::vector<float> dense_;
};

}  // namespace ionloom::imaging
