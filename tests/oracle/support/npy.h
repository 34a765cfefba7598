#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::oracle {

/// An array of numpy, little-endian and in C order (the last index runs fastest).
struct NpyArray {
  std::string name;                ///< for messages: file, or file and member
  std::string type;                ///< as numpy writes it, one of those of kNpyType
  std::vector<std::size_t> shape;  ///< empty for a single value
  std::vector<std::byte> bytes;    ///< the elements, size() * element size

  /// Number of elements: the product of the shape.
  [[nodiscard]] std::size_t size() const;

  /// The elements, which must be of exactly this type.
  /// @throws std::runtime_error when they are of another
  template <class T>
  [[nodiscard]] std::vector<T> values() const;
};

/// How numpy names the type.
template <class T>
inline constexpr std::string_view kNpyType = {};
template <>
inline constexpr std::string_view kNpyType<float> = "<f4";
template <>
inline constexpr std::string_view kNpyType<double> = "<f8";
template <>
inline constexpr std::string_view kNpyType<std::int32_t> = "<i4";
template <>
inline constexpr std::string_view kNpyType<std::int64_t> = "<i8";
template <>
inline constexpr std::string_view kNpyType<std::uint32_t> = "<u4";
template <>
inline constexpr std::string_view kNpyType<std::uint64_t> = "<u8";
template <>
inline constexpr std::string_view kNpyType<std::uint8_t> = "|u1";
template <>
inline constexpr std::string_view kNpyType<bool> = "|b1";

/// Reads the content of a .npy file, versions 1 to 3 of the format.
/// @param name  kept in the array, for messages
/// @throws std::runtime_error when it is no such file, is cut short, is in Fortran order, or has a
///         type that is not listed above
/// Source: numpy/lib/format.py.
[[nodiscard]] NpyArray parse_npy(std::span<const std::byte> content, std::string name);

/// Reads a .npy file; throws as parse_npy() does.
[[nodiscard]] NpyArray read_npy(const std::filesystem::path& path);

/// The content of a file. @throws std::runtime_error when it cannot be read
[[nodiscard]] std::vector<std::byte> read_bytes(const std::filesystem::path& path);

/// @throws std::runtime_error always: `array` does not have the type `wanted`
[[noreturn]] void throw_other_type(const NpyArray& array, std::string_view wanted);

template <class T>
std::vector<T> NpyArray::values() const {
  static_assert(!kNpyType<T>.empty(), "a type that .npy files are not read as");
  if (type != kNpyType<T>) throw_other_type(*this, kNpyType<T>);
  std::vector<T> elements(size());
  if constexpr (std::same_as<T, bool>) {
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = bytes[i] != std::byte{0};
  } else {
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(elements)).begin());
  }
  return elements;
}

}  // namespace ionloom::oracle
