#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "tasks/object_layout.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kSpectraKind = {'I', 'L', 'S', 'P', 'E', 'C', 'T', '1'};

/// What ingest needs to know of a dataset's spectra, in the order of the imzML: a spectra table
/// (docs/formats/stage-objects.md). All columns are equally long.
struct SpectraTable {
  std::vector<std::uint64_t> mz_offset;
  std::vector<std::uint64_t> intensity_offset;
  std::vector<std::uint64_t> length;
  std::vector<std::uint32_t> x;
  std::vector<std::uint32_t> y;
  std::vector<std::uint8_t> mz_type;  ///< stages::NumberType, + kZlib where it is compressed
  std::vector<std::uint8_t> intensity_type;
  /// Bytes of the arrays in the .ibd; empty where no array of the dataset is compressed.
  std::vector<std::uint64_t> mz_bytes;
  std::vector<std::uint64_t> intensity_bytes;

  [[nodiscard]] std::uint64_t size() const { return length.size(); }
  [[nodiscard]] bool is_compressed() const { return !mz_bytes.empty(); }
};

/// Added to an array's type: a zlib stream of its values lies in the .ibd.
inline constexpr std::uint8_t kZlib = 8;

/// Bytes of one value of an array of this type, compressed or not.
[[nodiscard]] std::uint64_t value_bytes(std::uint8_t type);

[[nodiscard]] std::vector<std::byte> encode_spectra(const SpectraTable& spectra);
[[nodiscard]] Result<SpectraTable> decode_spectra(std::span<const std::byte> bytes);

/// Where rows [first, last) of each column lie in the table of `spectra` spectra. The last two are
/// empty unless it is compressed.
struct SpectraRanges {
  ByteRange mz_offset;
  ByteRange intensity_offset;
  ByteRange length;
  ByteRange x;
  ByteRange y;
  ByteRange mz_type;
  ByteRange intensity_type;
  ByteRange mz_bytes;
  ByteRange intensity_bytes;
};
[[nodiscard]] SpectraRanges spectra_ranges(std::uint64_t spectra, bool is_compressed,
                                           std::uint64_t first, std::uint64_t last);

}  // namespace ionloom::tasks
