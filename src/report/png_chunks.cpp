#include "report/png_chunks.h"

#include <algorithm>
#include <utility>

#include <zlib.h>

namespace ionloom::report {
namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes(4, '\0');
  for (unsigned k = 0; k < 4; ++k) bytes[k] = static_cast<char>(value >> (24 - 8 * k) & 0xFFU);
  return bytes;
}

}  // namespace

void append_png_header(std::string& png, std::uint32_t width, std::uint32_t height,
                       PngPixels pixels) {
  using namespace std::string_view_literals;
  const auto kind = std::to_underlying(pixels);
  png += "\x89PNG\r\n\x1a\n"sv;
  append_png_chunk(png, "IHDR",
                   big_endian(width) + big_endian(height) + static_cast<char>(kind >> 8U) +
                       static_cast<char>(kind & 0xFFU) + std::string(3, '\0'));
}

void append_png_chunk(std::string& png, std::string_view type, std::string_view data) {
  png += big_endian(static_cast<std::uint32_t>(data.size()));
  const std::size_t checked = png.size();
  png += type;
  png += data;
  const auto crc =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(png.data() + checked), png.size() - checked);
  png += big_endian(static_cast<std::uint32_t>(crc));
}

void append_png_end(std::string& png, std::string_view stream) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 30;
  for (; !stream.empty(); stream.remove_prefix(std::min(kMostBytes, stream.size()))) {
    append_png_chunk(png, "IDAT", stream.substr(0, kMostBytes));
  }
  append_png_chunk(png, "IEND", {});
}

}  // namespace ionloom::report
