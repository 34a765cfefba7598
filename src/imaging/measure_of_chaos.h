#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/ion_images.h"
#include "imaging/level_closing.h"
#include "imaging/pixel_grid.h"
#include "imaging/region_counter.h"

namespace ionloom::imaging {

enum class ChaosRule : std::uint8_t {
  kReference,  ///< METASPACE's: a value within 1.001e-5 of 1 becomes 0, large one-piece images too
  kFixed,      ///< 0 only for images that have no connected region at any level
};

/// Measures chaos of ion images: 1 - (mean number of 4-connected regions over 30 intensity levels)
/// / (number of positive pixels). Regions are counted after closing small gaps, for all 30 levels
/// together, row by row; rows without pixels cost nothing. Holds scratch; one per thread.
/// Source: Alexandrov & Bartels 2013, doi:10.1093/bioinformatics/btt388; equal to METASPACE's value
/// (pyImagingMSpec 0.1.4 with the crop in front of it) to the last bit.
class ChaosMeter {
 public:
  explicit ChaosMeter(const PixelGrid& grid);

  /// @return in [0, 1]; 0 for an image without positive pixels or without regions
  /// REQUIRES: the grid is alive and unchanged.
  [[nodiscard]] double measure(const IonImage& image, ChaosRule rule);

  /// Bytes that one meter holds.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(const GridSize& grid);

 private:
  /// A row that has entries of the image: [first, last) of its pixels and of levels_.
  struct Row {
    std::uint32_t y = 0;       ///< cropped
    std::uint32_t origin = 0;  ///< position of its first column in the grid's box
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  [[nodiscard]] std::uint32_t position_of(std::uint32_t pixel) const {
    return grid_.positions[pixel];
  }
  void find_rows(std::span<const std::uint32_t> pixels);
  void crop(std::span<const std::uint32_t> pixels);
  void put_row(const Row& row, std::span<const std::uint32_t> pixels);
  std::uint64_t count_regions(std::span<const std::uint32_t> pixels);

  const PixelGrid& grid_;
  LevelClosing closing_;
  RegionCounter counter_;
  std::vector<Row> rows_;
  std::vector<std::uint8_t> levels_;  ///< how many levels each entry of the image exceeds
  std::vector<std::uint8_t> occupied_;
  std::uint32_t width_ = 0;  ///< of the box, cropped
  std::uint32_t height_ = 0;
};

}  // namespace ionloom::imaging
