#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "imaging/pixel_grid.h"

namespace ionloom::stages {

/// Where a spectrum was taken, as the file numbers it.
struct Position {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
};

/// The dataset's pixels: the box from the smallest to the largest coordinates, and each spectrum's
/// pixel in it. Several spectra may share a pixel.
struct PixelIndex {
  imaging::PixelGrid grid;
  std::vector<std::uint32_t> pixel_of_spectrum;  ///< number in grid.positions
};

/// Fails when the box has 2^32 pixels or more. Source: METASPACE engine, imzml_reader.py.
[[nodiscard]] Result<PixelIndex> index_pixels(std::span<const Position> spectra);

/// Bytes that index_pixels() and its result need at most.
[[nodiscard]] std::uint64_t index_memory_bound_bytes(std::uint64_t spectra);

}  // namespace ionloom::stages
