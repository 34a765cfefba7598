#include "tasks/pixel_object.h"

namespace ionloom::tasks {
namespace {

ObjectCounts counts_of(const stages::PixelIndex& pixels) {
  return {pixels.pixel_of_spectrum.size(), pixels.grid.positions.size(), pixels.grid.width,
          pixels.grid.height};
}

}  // namespace

Result<void> write_pixels(TaskIo& io, std::uint32_t output, const stages::PixelIndex& pixels) {
  return write_object(io, output, kPixelKind, counts_of(pixels),
                      {bytes_of(pixels.grid.positions), bytes_of(pixels.pixel_of_spectrum)});
}

std::vector<std::byte> encode_pixels(const stages::PixelIndex& pixels) {
  return encode_object(kPixelKind, counts_of(pixels),
                       {bytes_of(pixels.grid.positions), bytes_of(pixels.pixel_of_spectrum)});
}

Result<stages::PixelIndex> decode_pixels(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kPixelKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  stages::PixelIndex pixels;
  pixels.grid.width = static_cast<std::uint32_t>(columns->count(2));
  pixels.grid.height = static_cast<std::uint32_t>(columns->count(3));
  pixels.grid.positions = columns->next<std::uint32_t>(columns->count(1));
  pixels.pixel_of_spectrum = columns->next<std::uint32_t>(columns->count(0));
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  return pixels;
}

PixelRanges pixel_ranges(std::uint64_t spectra, std::uint64_t pixels, std::uint64_t first,
                         std::uint64_t last) {
  ColumnPlaces places;
  PixelRanges ranges;
  ranges.positions = places.next(pixels, sizeof(std::uint32_t), 0, pixels);
  ranges.pixel_of_spectrum = places.next(spectra, sizeof(std::uint32_t), first, last);
  return ranges;
}

}  // namespace ionloom::tasks
