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
  double msm = 0;         ///< signal_match() of the three
  double mz_err_abs = 0;  ///< m/z units: mean of the first image - theory
  double mz_err_rel = 0;  ///< m/z units: other peaks' errors against the first, weighted by theory
  std::vector<ImageStatistics> images;
};

/// The score that combines the metrics, METASPACE's MSM: (chaos x spatial) x spectral, in this
/// order; a metric that was not computed (NaN) counts as 0.
[[nodiscard]] double signal_match(double chaos, double spatial, double spectral);

/// Images and metrics of ions over one peak table. Holds scratch; one per thread.
class IonMeasurer {
 public:
  /// REQUIRES: `grid` outlives the measurer.
  IonMeasurer(const PixelGrid& grid, const MetricSettings& settings);

  /// Cuts the images of an ion. An image with fewer than min_px peaks is empty.
  /// The span is valid until the next call.
  std::span<const IonImage> cut_images(PeakTable peaks, const TheoreticalPeaks& theory);

  /// Measures an ion. Ions one after the other are fast when their m/z lie near each other.
  /// @param all_metrics  compute every metric; otherwise stop as soon as MSM can only be 0, often
  ///                     before any image is cut
  /// @return false when MSM is not above 0 and not all metrics were asked for; `metrics` then holds
  ///         msm = 0
  bool measure(PeakTable peaks, const TheoreticalPeaks& theory, bool all_metrics,
               IonMetrics& metrics);

  /// Fills the per-image statistics and m/z errors of the ion that measure() returned true for
  /// last. REQUIRES: the peaks are as they were then.
  void add_statistics(PeakTable peaks, const TheoreticalPeaks& theory, IonMetrics& metrics);

  /// Bytes that one measurer holds at most, the images of one ion included.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(const GridSize& grid,
                                                        std::uint32_t max_peaks);
  /// The same of one that only cuts images.
  [[nodiscard]] static std::uint64_t cut_memory_bound_bytes(const GridSize& grid,
                                                            std::uint32_t max_peaks);
  /// The same of one that only measures.
  [[nodiscard]] static std::uint64_t measure_memory_bound_bytes(const GridSize& grid,
                                                                std::uint32_t max_peaks);

 private:
  void expect_images(std::size_t count);
  [[nodiscard]] PeakRange window_of(PeakTable peaks, const TheoreticalPeaks& theory, std::size_t k);
  [[nodiscard]] bool can_score(PeakTable peaks, const TheoreticalPeaks& theory);
  void set_first_image(PeakTable peaks);

  const PixelGrid& grid_;
  MetricSettings settings_;
  IonImageExtractor extractor_;
  ChaosMeter chaos_;
  std::vector<PeakRange> windows_;  ///< of the ion's images
  std::vector<std::size_t> near_;   ///< where the last window of each isotope peak began
  std::vector<IonImage> images_;    ///< of cut_images()
  IonStack stack_;                  ///< of measure()
  IonImage first_image_;
  std::vector<float> scratch_;
};

}  // namespace ionloom::imaging
