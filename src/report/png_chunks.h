#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ionloom::report {

/// What a pixel's four bytes are in a PNG file: sample size in bits and colour type.
enum class PngPixels : std::uint16_t {
  kGrey16Alpha = 0x1004,  ///< grey and alpha, high byte first
  kColourAlpha = 0x0806,  ///< red, green, blue, alpha
};

/// The first eight bytes of a PNG file and its IHDR: not interlaced, filters by row.
void append_png_header(std::string& png, std::uint32_t width, std::uint32_t height,
                       PngPixels pixels);

/// PNG specification, section 5.3: length, type, data, check of type and data.
void append_png_chunk(std::string& png, std::string_view type, std::string_view data);

/// The image's compressed data, in chunks that a reader with 32-bit signed lengths can take, and
/// the end of the file.
void append_png_end(std::string& png, std::string_view stream);

}  // namespace ionloom::report
