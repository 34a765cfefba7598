#include <bit>
#include <string>

#include <fmt/core.h>

#include "files/output_file.h"
#include "report/ion_images.h"

namespace ionloom::report {

namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

/// Header of an NPY 1.0 file, padded so that the data begin at a multiple of 64 bytes.
/// Source: numpy/lib/format.py, "Format Version 1.0".
std::string npy_header(std::string_view type, std::size_t height, std::size_t width) {
  constexpr std::size_t kPreludeBytes = 10;  // magic, version, length of what follows
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                                 type, height, width);
  text.append(63 - (kPreludeBytes + text.size()) % 64, ' ');
  text += '\n';
  std::string header = "\x93NUMPY";
  header +=
      {'\x01', '\x00', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
  return header + text;
}

template <class T>
Result<void> write_npy(const std::filesystem::path& path, std::string_view type,
                       imaging::ImageView<const T> image) {
  if (image.pixels.size() != image.width * image.height) {
    return data_error(path.string(), fmt::format("an image of {} x {} cannot have {} values.",
                                                 image.width, image.height, image.pixels.size()));
  }
  std::string npy = npy_header(type, image.height, image.width);
  npy.append(reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size_bytes());
  return files::write_hidden_file(path, npy);
}

}  // namespace

Result<void> write_ion_image_npy(const std::filesystem::path& path,
                                 imaging::ImageView<const float> image) {
  return write_npy(path, "<f4", image);
}

Result<void> write_mask_npy(const std::filesystem::path& path,
                            imaging::ImageView<const std::uint8_t> mask) {
  std::string ones(mask.pixels.size(), '\0');
  for (std::size_t i = 0; i < ones.size(); ++i) {
    ones[i] = mask.pixels[i] != 0 ? '\x01' : '\x00';
  }
  const std::span<const std::uint8_t> bools(reinterpret_cast<const std::uint8_t*>(ones.data()),
                                            ones.size());
  return write_npy<std::uint8_t>(path, "|b1", {bools, mask.width, mask.height});
}

}  // namespace ionloom::report
