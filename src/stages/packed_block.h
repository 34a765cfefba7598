#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "imaging/peak_table.h"

namespace ionloom::stages {

// A block of a run, packed without loss: of sorted m/z only what changes, of intensities and pixels
// no more bits than the block needs. For links that are slow, and for stores that are paid by the
// byte. The layout is described in docs/formats/packed-block.md.

/// Most bytes that pack_block() writes for so many peaks.
[[nodiscard]] std::size_t packed_block_bound_bytes(std::size_t peaks);

/// Packs peaks in order of m/z.
/// @param peaks  1 to 65,535; m/z finite, ascending, not negative; intensities positive
/// @param bytes  room for packed_block_bound_bytes(peaks.size())
/// @return bytes written
std::size_t pack_block(std::span<const imaging::Peak> peaks, std::span<std::byte> bytes);

/// Peaks in a packed block; absent when the bytes are none, or end too early.
[[nodiscard]] std::optional<std::size_t> packed_block_peaks(std::span<const std::byte> bytes);

/// Unpacks a block to the bits that were packed.
/// @param peaks  room for packed_block_peaks(bytes)
/// @return whether the bytes are a packed block of peaks.size() peaks; whatever they are, nothing
///   outside of them is read
[[nodiscard]] bool unpack_block(std::span<const std::byte> bytes, std::span<imaging::Peak> peaks);

}  // namespace ionloom::stages
