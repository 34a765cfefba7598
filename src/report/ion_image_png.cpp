#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <zlib.h>

#include "files/output_file.h"
#include "imaging/vectors.h"
#include "report/ion_images.h"
#include "report/pixel_compression.h"

namespace ionloom::report {

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct Range {
  float min = 0;
  float max = 0;
};

/// REQUIRES: at least one value.
Range range_of(std::span<const float> values) {
  using imaging::Float4;
  constexpr std::size_t kLanes = 4;
  Float4 lowest = {values[0], values[0], values[0], values[0]};
  Float4 highest = lowest;
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    const auto four = imaging::load<Float4>(values.data() + i);
    lowest = imaging::lower_of(four, lowest);
    highest = imaging::higher_of(four, highest);
  }
  Range range{lowest[0], highest[0]};
  for (std::size_t lane = 1; lane < kLanes; ++lane) {
    range.min = std::min(range.min, lowest[lane]);
    range.max = std::max(range.max, highest[lane]);
  }
  for (; i < values.size(); ++i) {
    range.min = std::min(range.min, values[i]);
    range.max = std::max(range.max, values[i]);
  }
  return range;
}

/// Grey and alpha of every pixel, as four bytes from the lowest: both high byte first. A loop that
/// compilers turn into vectors.
std::vector<std::uint32_t> grey_and_alpha(std::span<const float> values,
                                          std::span<const std::uint8_t> mask, Range range) {
  std::vector<std::uint32_t> pixels(values.size());
  const float span = range.max - range.min;
  for (std::size_t i = 0; i < values.size(); ++i) {
    float scaled = (values[i] - range.min) / span * 65535.0F;
    scaled = scaled > 0 ? scaled : 0;  // NaN as well: a constant image
    scaled = scaled < 65535.0F ? scaled : 65535.0F;
    const auto grey = static_cast<std::uint32_t>(static_cast<std::int32_t>(scaled));
    const std::uint32_t alpha = mask[i] != 0 ? 0xFFFF0000U : 0;
    pixels[i] = alpha | (grey & 0xFFU) << 8U | grey >> 8U;
  }
  return pixels;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes(4, '\0');
  for (unsigned k = 0; k < 4; ++k) bytes[k] = static_cast<char>(value >> (24 - 8 * k) & 0xFFU);
  return bytes;
}

/// PNG specification, section 5.3: length, type, data, check of type and data.
void append_chunk(std::string& png, std::string_view type, std::string_view data) {
  png += big_endian(static_cast<std::uint32_t>(data.size()));
  const std::size_t checked = png.size();
  png += type;
  png += data;
  const auto crc =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(png.data() + checked), png.size() - checked);
  png += big_endian(static_cast<std::uint32_t>(crc));
}

/// The image's data in chunks that a reader with 32-bit signed lengths can take.
void append_image_data(std::string& png, std::string_view stream) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 30;
  for (; !stream.empty(); stream.remove_prefix(std::min(kMostBytes, stream.size()))) {
    append_chunk(png, "IDAT", stream.substr(0, kMostBytes));
  }
}

std::string header(std::size_t width, std::size_t height) {
  // 16 bits a sample; grey with alpha; deflate, no filters but by row, not interlaced
  return big_endian(static_cast<std::uint32_t>(width)) +
         big_endian(static_cast<std::uint32_t>(height)) + std::string("\x10\x04\0\0\0"sv);
}

std::string exact(double value) {
  return fmt::format("{:.17g}", value);
}

}  // namespace

Result<void> write_ion_image_png(const std::filesystem::path& path,
                                 imaging::ImageView<const float> image,
                                 std::span<const std::uint8_t> mask,
                                 const IonImageCaption& caption) {
  if (image.pixels.empty() || image.pixels.size() != image.width * image.height ||
      mask.size() != image.pixels.size()) {
    return data_error(path.string(),
                      fmt::format("an image of {} x {} needs as many intensities and mask values "
                                  "(found {} and {}).",
                                  image.width, image.height, image.pixels.size(), mask.size()));
  }
  const Range range = range_of(image.pixels);
  const std::vector<std::uint32_t> pixels = grey_and_alpha(image.pixels, mask, range);
  const std::string stream = compress_pixels({pixels, image.width, image.height});

  std::string png("\x89PNG\r\n\x1a\n"sv);
  append_chunk(png, "IHDR", header(image.width, image.height));
  for (const auto& [key, value] : {std::pair{"min", exact(range.min)},
                                   {"max", exact(range.max)},
                                   {"ion", caption.ion},
                                   {"mz", exact(caption.mz)},
                                   {"fdr", caption.fdr ? exact(*caption.fdr) : ""}}) {
    append_chunk(png, "tEXt", key + "\0"s + value);
  }
  append_image_data(png, stream);
  append_chunk(png, "IEND", {});
  return files::write_hidden_file(path, png);
}

}  // namespace ionloom::report
