#pragma once

#include <cstddef>
#include <span>

namespace ionloom::imaging {

/// A row-major image that somebody else owns.
template <class T>
struct ImageView {
  std::span<T> pixels;  ///< height x width values
  std::size_t width = 0;
  std::size_t height = 0;

  [[nodiscard]] T& at(std::size_t y, std::size_t x) const { return pixels[y * width + x]; }
};

}  // namespace ionloom::imaging
