#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ionloom::fdr {

/// A FlatBuffers buffer that nobody vouches for. Whatever is read outside of it, at any depth,
/// reads as 0 or empty and marks the buffer as damaged; the reader looks at damaged() once, when it
/// has taken what it needs. Layout: flatbuffers.dev/internals (little-endian; a table starts with
/// the distance to its vtable, which holds the place of each field by its number in the schema).
class FlatBuffer {
 public:
  explicit FlatBuffer(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool damaged() const { return damaged_; }

  /// `count` values from `position` on, or none when they do not lie inside.
  template <class T>
  [[nodiscard]] std::vector<T> values(std::uint64_t position, std::uint64_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::vector<T> read;
    if (position > bytes_.size() || count > (bytes_.size() - position) / sizeof(T)) {
      damaged_ = true;
      return read;
    }
    read.resize(count);
    if (count > 0) std::memcpy(read.data(), bytes_.data() + position, count * sizeof(T));
    return read;
  }

  template <class T>
  [[nodiscard]] T value(std::uint64_t position) {
    T read{};
    if (position > bytes_.size() || sizeof(T) > bytes_.size() - position) {
      damaged_ = true;
      return read;
    }
    std::memcpy(&read, bytes_.data() + position, sizeof(T));
    return read;
  }

  /// Where the 32-bit offset at `position` leads; offsets lead forward only.
  [[nodiscard]] std::uint64_t target(std::uint64_t position) {
    return position + value<std::uint32_t>(position);
  }

  /// The characters from `position` on; valid as long as the bytes.
  [[nodiscard]] std::string_view text(std::uint64_t position, std::uint64_t length);

 private:
  std::span<const std::byte> bytes_;
  bool damaged_ = false;
};

/// A table of a buffer. Fields have the numbers of the schema, from 0 in order of declaration.
/// REQUIRES: the buffer outlives the table.
class FlatTable {
 public:
  FlatTable(FlatBuffer& buffer, std::uint64_t position);

  /// The table that a buffer consists of.
  [[nodiscard]] static FlatTable root(FlatBuffer& buffer) { return {buffer, buffer.target(0)}; }

  template <class T>
  [[nodiscard]] T scalar(std::uint32_t field, T absent) const {
    const std::uint64_t at = place(field);
    return at == 0 ? absent : buffer_->value<T>(at);
  }

  /// A string, empty when absent.
  [[nodiscard]] std::string_view text(std::uint32_t field) const;

  /// Number of elements of a vector, 0 when absent. Not checked against the buffer's size.
  [[nodiscard]] std::uint32_t length(std::uint32_t field) const;

  /// A vector of numbers, empty when absent.
  template <class T>
  [[nodiscard]] std::vector<T> scalars(std::uint32_t field) const {
    const std::uint64_t at = place(field);
    if (at == 0) return {};
    const std::uint64_t vector = buffer_->target(at);
    return buffer_->values<T>(vector + sizeof(std::uint32_t),
                              buffer_->value<std::uint32_t>(vector));
  }

  /// A table, empty when absent.
  [[nodiscard]] FlatTable table(std::uint32_t field) const;

  /// Element `i` < length(field) of a vector of tables.
  [[nodiscard]] FlatTable element(std::uint32_t field, std::uint32_t i) const;

 private:
  explicit FlatTable(FlatBuffer& buffer) : buffer_(&buffer) {}

  /// Where a field lies, 0 when it is absent.
  [[nodiscard]] std::uint64_t place(std::uint32_t field) const;

  FlatBuffer* buffer_;
  std::uint64_t position_ = 0;
  std::vector<std::uint16_t> fields_;  ///< distance of each field from position_, 0: absent
};

}  // namespace ionloom::fdr
