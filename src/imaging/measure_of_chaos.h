#pragma once

#include <cstdint>
#include <vector>

#include "imaging/ion_images.h"
#include "imaging/pixel_grid.h"

namespace ionloom::imaging {

enum class ChaosRule : std::uint8_t {
  kReference,  ///< METASPACE's: a value within 1.001e-5 of 1 becomes 0, large one-piece images too
  kFixed,      ///< 0 only for images that have no connected region at any level
};

/// Measures chaos of ion images: 1 - (mean number of 4-connected regions over 30 intensity levels)
/// / (number of positive pixels). Regions are counted after closing small gaps. All 30 levels are
/// counted in one union-find pass over pixels in descending level. Holds scratch of a few bytes a
/// pixel of the box; one per thread.
/// Source: Alexandrov & Bartels 2013, doi:10.1093/bioinformatics/btt388; equal to METASPACE's value
/// (pyImagingMSpec 0.1.4 with the crop in front of it) to the last bit.
class ChaosMeter {
 public:
  explicit ChaosMeter(const PixelGrid& grid);

  /// @return in [0, 1]; 0 for an image without positive pixels or without regions
  /// REQUIRES: the grid is alive and unchanged.
  [[nodiscard]] double measure(const IonImage& image, ChaosRule rule);

  /// Bytes that one meter holds for a box of this many pixels.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t box_size);

 private:
  void crop(const IonImage& image);
  void close_gaps();
  std::uint64_t count_regions();

  const PixelGrid& grid_;
  std::vector<std::uint8_t> level_;   ///< levels that a pixel exceeds, 0..30, cropped box
  std::vector<std::uint8_t> closed_;  ///< the same after dilation and erosion
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> row_of_;  ///< row in the cropped box of each row
  std::vector<std::uint32_t> column_of_;
  std::uint32_t width_ = 0;
  std::uint32_t height_ = 0;
};

}  // namespace ionloom::imaging
