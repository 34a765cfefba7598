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
  std::vector<std::uint8_t> mz_type;  ///< stages::NumberType
  std::vector<std::uint8_t> intensity_type;

  [[nodiscard]] std::uint64_t size() const { return length.size(); }
};

[[nodiscard]] std::vector<std::byte> encode_spectra(const SpectraTable& spectra);
[[nodiscard]] Result<SpectraTable> decode_spectra(std::span<const std::byte> bytes);

/// Where rows [first, last) of each column lie in the table of `spectra` spectra.
struct SpectraRanges {
  ByteRange mz_offset;
  ByteRange intensity_offset;
  ByteRange length;
  ByteRange x;
  ByteRange y;
  ByteRange mz_type;
  ByteRange intensity_type;
};
[[nodiscard]] SpectraRanges spectra_ranges(std::uint64_t spectra, std::uint64_t first,
                                           std::uint64_t last);

}  // namespace ionloom::tasks
