#include "stages/index.h"

#include <algorithm>
#include <limits>
#include <string>

namespace ionloom::stages {

Result<PixelIndex> index_pixels(std::span<const Position> spectra) {
  PixelIndex index;
  if (spectra.empty()) return index;
  Position low = spectra.front();
  Position high = spectra.front();
  for (const Position& p : spectra) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  const std::uint64_t width = std::uint64_t{high.x} - low.x + 1;
  const std::uint64_t height = std::uint64_t{high.y} - low.y + 1;
  if (width * height > std::numeric_limits<std::uint32_t>::max()) {
    return data_error({}, "the image would have " + std::to_string(width) + " x " +
                              std::to_string(height) +
                              " pixels; at most 4,294,967,295 are possible");
  }
  index.grid.width = static_cast<std::uint32_t>(width);
  index.grid.height = static_cast<std::uint32_t>(height);

  std::vector<std::uint32_t>& positions = index.grid.positions;
  index.pixel_of_spectrum.reserve(spectra.size());
  for (const Position& p : spectra) {
    index.pixel_of_spectrum.push_back(
        static_cast<std::uint32_t>((p.y - low.y) * width + (p.x - low.x)));
  }
  positions = index.pixel_of_spectrum;
  std::ranges::sort(positions);
  const auto repeated = std::ranges::unique(positions);
  positions.erase(repeated.begin(), repeated.end());
  for (std::uint32_t& pixel : index.pixel_of_spectrum) {
    pixel =
        static_cast<std::uint32_t>(std::ranges::lower_bound(positions, pixel) - positions.begin());
  }
  return index;
}

std::uint64_t index_memory_bound_bytes(std::uint64_t spectra) {
  return spectra * (sizeof(Position) + 2 * sizeof(std::uint32_t)) + 64;
}

}  // namespace ionloom::stages
