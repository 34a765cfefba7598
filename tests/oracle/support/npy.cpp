#include "oracle/support/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace ionloom::oracle {
namespace {

constexpr std::array kTypes = {
    std::pair{kNpyType<float>, sizeof(float)},
    std::pair{kNpyType<double>, sizeof(double)},
    std::pair{kNpyType<std::int32_t>, sizeof(std::int32_t)},
    std::pair{kNpyType<std::int64_t>, sizeof(std::int64_t)},
    std::pair{kNpyType<std::uint32_t>, sizeof(std::uint32_t)},
    std::pair{kNpyType<std::uint64_t>, sizeof(std::uint64_t)},
    std::pair{kNpyType<std::uint8_t>, sizeof(std::uint8_t)},
    std::pair{kNpyType<bool>, std::size_t{1}},
};

[[noreturn]] void damaged(const std::string& name, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", name, what));
}

/// What follows `'key': ` in the header, which is a Python dictionary in numpy's own spelling:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (48, 60), }
std::string_view value_of(std::string_view header, std::string_view key, const std::string& name) {
  const std::size_t at = header.find(fmt::format("'{}': ", key));
  if (at == std::string_view::npos) damaged(name, fmt::format("its header lacks {}", key));
  return header.substr(at + key.size() + 4);
}

std::vector<std::size_t> parse_shape(std::string_view text, const std::string& name) {
  std::vector<std::size_t> shape;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size();
  while (at != end && *at != ')') {
    std::size_t extent = 0;
    const auto read = std::from_chars(at, end, extent);
    if (read.ec != std::errc{}) damaged(name, "its shape cannot be read");
    shape.push_back(extent);
    at = std::find_if_not(read.ptr, end, [](char c) { return c == ',' || c == ' '; });
  }
  return shape;
}

}  // namespace

std::size_t NpyArray::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

NpyArray parse_npy(std::span<const std::byte> content, std::string name) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (!text.starts_with("\x93NUMPY") || text.size() < 12) damaged(name, "no .npy file");
  // Version 1 gives the length of the header in two bytes, later ones in four.
  const std::size_t length_bytes = text[6] == 1 ? 2 : 4;
  std::size_t header_length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    header_length |= std::to_integer<std::size_t>(content[8 + i]) << (8 * i);
  }
  const std::size_t data_at = 8 + length_bytes + header_length;
  if (data_at > text.size()) damaged(name, "cut short in its header");
  const std::string_view header = text.substr(8 + length_bytes, header_length);

  if (!value_of(header, "fortran_order", name).starts_with("False")) {
    damaged(name, "in Fortran order, which is not read");
  }
  NpyArray array{.name = name,
                 .type = std::string(value_of(header, "descr", name).substr(1, 3)),
                 .shape = parse_shape(value_of(header, "shape", name), name),
                 .bytes = {}};
  const auto known =
      std::ranges::find(kTypes, array.type, &std::pair<std::string_view, std::size_t>::first);
  if (known == kTypes.end()) damaged(name, fmt::format("type {} is not read", array.type));
  const std::size_t expected = array.size() * known->second;
  if (content.size() - data_at != expected) {
    damaged(name,
            fmt::format("{} bytes of elements, expected {}", content.size() - data_at, expected));
  }
  array.bytes.assign(content.begin() + static_cast<std::ptrdiff_t>(data_at), content.end());
  return array;
}

std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::byte> bytes(file ? std::filesystem::file_size(path) : 0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) damaged(path.string(), "cannot be read");
  return bytes;
}

NpyArray read_npy(const std::filesystem::path& path) {
  return parse_npy(read_bytes(path), path.string());
}

void throw_other_type(const NpyArray& array, std::string_view wanted) {
  damaged(array.name, fmt::format("type {}, expected {}", array.type, wanted));
}

}  // namespace ionloom::oracle
