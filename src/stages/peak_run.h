#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "imaging/peak_table.h"

namespace ionloom::stages {

// A run: the peaks of consecutive spectra in order of (m/z, spectrum, position), as bytes. A
// header, blocks of kRunBlockPeaks peaks in columns, and an index that says where each block
// begins. The layout is described in docs/formats/peak-run.md.

inline constexpr std::size_t kRunBlockPeaks = 4096;
inline constexpr std::size_t kRunBlockBytes = kRunBlockPeaks * sizeof(imaging::Peak);
inline constexpr std::size_t kRunHeaderBytes = 64;

/// What a run's first 64 bytes say.
struct RunHeader {
  std::uint64_t peaks = 0;
  std::uint64_t first_spectrum = 0;  ///< the run holds the peaks of [first_spectrum, last_spectrum)
  std::uint64_t last_spectrum = 0;
  std::uint64_t index_checksum = 0;  ///< of the index's bytes
  /// Spectra whose m/z fell somewhere; 0 where nobody counted.
  std::uint64_t unsorted_spectra = 0;

  [[nodiscard]] std::uint64_t blocks() const {
    return (peaks + kRunBlockPeaks - 1) / kRunBlockPeaks;
  }
  /// Peaks of one block: all but the last are full.
  [[nodiscard]] std::size_t peaks_of(std::uint64_t block) const;
  /// Where a block begins in the run, in bytes.
  [[nodiscard]] static std::uint64_t block_offset_bytes(std::uint64_t block) {
    return kRunHeaderBytes + block * kRunBlockBytes;
  }
  /// Where the index begins: after the last block.
  [[nodiscard]] std::uint64_t index_offset_bytes() const {
    return kRunHeaderBytes + peaks * sizeof(imaging::Peak);
  }
};

/// One block of the index.
struct RunIndexEntry {
  double first_mz = 0;
  std::uint64_t checksum = 0;  ///< of the block's bytes
};
static_assert(sizeof(RunIndexEntry) == 16);

[[nodiscard]] std::array<std::byte, kRunHeaderBytes> encode_run_header(const RunHeader& header);

/// Fails when the bytes are no run's header, or one of another version.
[[nodiscard]] Result<RunHeader> decode_run_header(std::span<const std::byte> bytes);

/// Writes up to kRunBlockPeaks peaks as columns. REQUIRES: bytes.size() == 16 * peaks.size().
void encode_run_block(std::span<const imaging::Peak> peaks, std::span<std::byte> bytes);

/// Peaks [first, last) of a block, into `peaks`. REQUIRES: bytes.size() is a multiple of 16,
/// last <= bytes.size() / 16, peaks.size() == last - first.
void decode_run_block(std::span<const std::byte> bytes, std::size_t first, std::size_t last,
                      std::span<imaging::Peak> peaks);

/// Positions [first, second) of a block's peaks whose m/z bucket is in [first_bucket, last_bucket).
[[nodiscard]] std::pair<std::size_t, std::size_t> rows_in_buckets(std::span<const std::byte> bytes,
                                                                  std::uint32_t first_bucket,
                                                                  std::uint32_t last_bucket);

/// Blocks [first, second) that may hold peaks of the m/z buckets [first_bucket, last_bucket).
[[nodiscard]] std::pair<std::size_t, std::size_t> blocks_in_buckets(
    std::span<const RunIndexEntry> index, std::uint32_t first_bucket, std::uint32_t last_bucket);

/// Blocks [first, second) that may hold peaks of an m/z window, both of whose ends are inside.
[[nodiscard]] std::pair<std::size_t, std::size_t> blocks_in_window(
    std::span<const RunIndexEntry> index, const imaging::MzWindow& window);

}  // namespace ionloom::stages
