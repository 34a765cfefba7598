#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "stages/index.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kPixelKind = {'I', 'L', 'P', 'I', 'X', 'E', 'L', '1'};

/// Writes a dataset's pixels as a pixel table (docs/formats/stage-objects.md).
[[nodiscard]] Result<void> write_pixels(TaskIo& io, std::uint32_t output,
                                        const stages::PixelIndex& pixels);

/// The same as bytes.
[[nodiscard]] std::vector<std::byte> encode_pixels(const stages::PixelIndex& pixels);

/// A whole pixel table.
[[nodiscard]] Result<stages::PixelIndex> decode_pixels(std::span<const std::byte> bytes);

/// Where a pixel table's `positions` lie, and `pixel_of_spectrum` of spectra [first, last).
struct PixelRanges {
  ByteRange positions;
  ByteRange pixel_of_spectrum;
};
[[nodiscard]] PixelRanges pixel_ranges(std::uint64_t spectra, std::uint64_t pixels,
                                       std::uint64_t first, std::uint64_t last);

}  // namespace ionloom::tasks
