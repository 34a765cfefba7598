#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "files/output_file.h"
#include "imaging/vectors.h"
#include "report/ion_images.h"
#include "report/pixel_compression.h"
#include "report/png_chunks.h"

namespace ionloom::report {

namespace {

using namespace std::string_literals;

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

  std::string png;
  append_png_header(png, static_cast<std::uint32_t>(image.width),
                    static_cast<std::uint32_t>(image.height), PngPixels::kGrey16Alpha);
  for (const auto& [key, value] : {std::pair{"min", exact(range.min)},
                                   {"max", exact(range.max)},
                                   {"ion", caption.ion},
                                   {"mz", exact(caption.mz)},
                                   {"fdr", caption.fdr ? exact(*caption.fdr) : ""}}) {
    append_png_chunk(png, "tEXt", key + "\0"s + value);
  }
  append_png_end(png, stream);
  return files::write_hidden_file(path, png);
}

}  // namespace ionloom::report
