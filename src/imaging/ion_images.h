#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/peak_table.h"

namespace ionloom::imaging {

/// One isotope image: intensities of the pixels where peaks lie, ascending, and what the peaks
/// themselves were. Empty when there is no image.
struct IonImage {
  std::vector<std::uint32_t> pixels;  ///< numbers in PixelGrid::positions, ascending, distinct
  std::vector<float> values;          ///< f32 sums in order of m/z
  double mz_mean = 0;                 ///< of the peaks' m/z, rounded to f32, weighted by intensity
  double mz_stddev = 0;

  [[nodiscard]] bool empty() const { return pixels.empty(); }
  void clear();
};

/// Cuts ion images from a peak table. Holds scratch of one value a pixel; one per thread.
class IonImageExtractor {
 public:
  explicit IonImageExtractor(std::uint32_t pixel_count);

  /// Fills `image` with the peaks [first, last) of the table. Where a pixel has several peaks their
  /// intensities are added (never the maximum), in order of m/z.
  /// Source: METASPACE engine, annotate.py (images) and metrics.py (m/z statistics).
  void extract(PeakTable peaks, std::size_t first, std::size_t last, IonImage& image);

 private:
  std::vector<float> dense_;
  std::vector<std::uint64_t> touched_;  ///< one bit a pixel
};

/// Writes an image over the grid's pixels into `dense` (n values), which must be all 0.
void scatter(const IonImage& image, std::span<float> dense);

}  // namespace ionloom::imaging
