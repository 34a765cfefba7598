#pragma once

#include <cstdint>
#include <string>

#include "imaging/image_view.h"

namespace ionloom::report {

/// Compresses an image whose pixels are four bytes each, as PNG wants its rows: a zlib stream
/// (RFC 1950, one block of RFC 1951) of all rows, each behind a filter byte of 0 (none). Ion images
/// are runs of one value, mostly nothing, between noise: so a repeated pixel, and a row equal to
/// the one above, are said as such, and all else by one code made for this image. Depends on the
/// pixels alone.
///
/// Why, and how fast: docs/decisions/004.
/// @param image  at least one pixel; a pixel's first byte in the file is its lowest
[[nodiscard]] std::string compress_pixels(imaging::ImageView<const std::uint32_t> image);

/// Bytes that compress_pixels() and its result need at most.
[[nodiscard]] std::uint64_t compression_memory_bound_bytes(std::uint64_t pixels,
                                                           std::uint64_t rows);

}  // namespace ionloom::report
