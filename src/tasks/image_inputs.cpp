#include "tasks/image_inputs.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace ionloom::tasks {

ImageInputs ImageInputs::take(TaskReader& reader, const Task& task) {
  ImageInputs own;
  own.settings.tolerance_ppm = reader.number("tolerance_ppm");
  own.settings.min_px = static_cast<std::uint32_t>(reader.whole("min_px", 0, UINT32_MAX));
  own.first_mz = reader.number("first_mz");
  own.last_mz = reader.number("last_mz");
  own.grid.width = static_cast<std::uint32_t>(reader.whole("width", 1, UINT32_MAX));
  own.grid.height = static_cast<std::uint32_t>(reader.whole("height", 1, UINT32_MAX));
  if (std::uint64_t{own.grid.width} * own.grid.height > UINT32_MAX) {
    reader.fail_with("an image of " + std::to_string(own.grid.width) + " x " +
                     std::to_string(own.grid.height) +
                     " pixels has too many; at most 4,294,967,295 are possible");
    return own;
  }
  own.positions = reader.input("positions");
  own.grid.pixels = reader.values_in(own.positions, sizeof(std::uint32_t));
  own.ions = IonRowInputs::take(reader);
  own.blocks = RunBlocks::take(reader, task);
  return own;
}

Result<imaging::PixelGrid> ImageInputs::read_grid(const RunningTask& running) const {
  auto positions_read = read_column<std::uint32_t>(running, positions);
  if (!positions_read) return std::unexpected(std::move(positions_read.error()));
  imaging::PixelGrid pixels{grid.width, grid.height, std::move(*positions_read)};
  const bool ascending = std::ranges::adjacent_find(pixels.positions, std::greater_equal<>()) ==
                         pixels.positions.end();
  if (!ascending || (!pixels.positions.empty() && pixels.positions.back() >= pixels.box_size())) {
    return data_error(input_place(running.task, positions),
                      "these are no positions of pixels: they do not ascend, or leave the box of " +
                          std::to_string(grid.width) + " x " + std::to_string(grid.height));
  }
  return pixels;
}

Result<ReadImageInputs> ImageInputs::read(const RunningTask& running) const {
  auto pixels = read_grid(running);
  if (!pixels) return std::unexpected(std::move(pixels.error()));
  auto rows = ions.read(running);
  if (!rows) return std::unexpected(std::move(rows.error()));
  auto peaks = blocks.read(running, grid.pixels);
  if (!peaks) return std::unexpected(std::move(peaks.error()));
  return ReadImageInputs{std::move(*pixels), std::move(*rows), std::move(*peaks)};
}

std::uint64_t ImageInputs::memory_bound_bytes() const {
  return grid.pixels * sizeof(std::uint32_t) + ions.memory_bound_bytes() +
         blocks.memory_bound_bytes();
}

}  // namespace ionloom::tasks
