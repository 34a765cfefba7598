#include "tasks/spectra_object.h"

#include <string>

#include "stages/peak_arrays.h"

namespace ionloom::tasks {

std::vector<std::byte> encode_spectra(const SpectraTable& spectra) {
  return encode_object(kSpectraKind, {spectra.size(), spectra.mz_bytes.size(), 0, 0},
                       {bytes_of(spectra.mz_offset), bytes_of(spectra.intensity_offset),
                        bytes_of(spectra.length), bytes_of(spectra.x), bytes_of(spectra.y),
                        bytes_of(spectra.mz_type), bytes_of(spectra.intensity_type),
                        bytes_of(spectra.mz_bytes), bytes_of(spectra.intensity_bytes)});
}

Result<SpectraTable> decode_spectra(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kSpectraKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t count = columns->count(0);
  SpectraTable spectra;
  spectra.mz_offset = columns->next<std::uint64_t>(count);
  spectra.intensity_offset = columns->next<std::uint64_t>(count);
  spectra.length = columns->next<std::uint64_t>(count);
  spectra.x = columns->next<std::uint32_t>(count);
  spectra.y = columns->next<std::uint32_t>(count);
  spectra.mz_type = columns->next<std::uint8_t>(count);
  spectra.intensity_type = columns->next<std::uint8_t>(count);
  spectra.mz_bytes = columns->next<std::uint64_t>(columns->count(1));
  spectra.intensity_bytes = columns->next<std::uint64_t>(columns->count(1));
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  if (spectra.is_compressed() && spectra.mz_bytes.size() != count) {
    return data_error({}, "says of " + std::to_string(spectra.mz_bytes.size()) + " of " +
                              std::to_string(count) + " spectra how many bytes they have");
  }
  return spectra;
}

std::uint64_t value_bytes(std::uint8_t type) {
  return stages::width_bytes(static_cast<stages::NumberType>(type % kZlib));
}

SpectraRanges spectra_ranges(std::uint64_t spectra, bool is_compressed, std::uint64_t first,
                             std::uint64_t last) {
  ColumnPlaces places;
  const auto next = [&](std::uint64_t width) { return places.next(spectra, width, first, last); };
  SpectraRanges ranges;
  ranges.mz_offset = next(sizeof(std::uint64_t));
  ranges.intensity_offset = next(sizeof(std::uint64_t));
  ranges.length = next(sizeof(std::uint64_t));
  ranges.x = next(sizeof(std::uint32_t));
  ranges.y = next(sizeof(std::uint32_t));
  ranges.mz_type = next(sizeof(std::uint8_t));
  ranges.intensity_type = next(sizeof(std::uint8_t));
  if (!is_compressed) return ranges;
  ranges.mz_bytes = next(sizeof(std::uint64_t));
  ranges.intensity_bytes = next(sizeof(std::uint64_t));
  return ranges;
}

}  // namespace ionloom::tasks
