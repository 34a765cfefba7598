#pragma once

#include <cstdint>
#include <vector>

namespace ionloom::imaging {

/// What memory depends on.
struct GridSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint64_t pixels = 0;  ///< with a spectrum
};

/// The image's box and which of its pixels have a spectrum. Images are kept as values over those
/// pixels only, numbered 0..n-1 in row-major order.
struct PixelGrid {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Row-major position (y * width + x) of each pixel with a spectrum, ascending.
  std::vector<std::uint32_t> positions;

  [[nodiscard]] std::uint32_t pixel_count() const {
    return static_cast<std::uint32_t>(positions.size());
  }
  [[nodiscard]] GridSize size() const { return {width, height, positions.size()}; }
  [[nodiscard]] std::uint64_t box_size() const { return std::uint64_t{width} * height; }
};

}  // namespace ionloom::imaging
