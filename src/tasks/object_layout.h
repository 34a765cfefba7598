#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "tasks/checksum.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

// Objects between stages: a header of 64 bytes and columns that begin at multiples of 64
// (docs/formats/stage-objects.md).

inline constexpr std::size_t kObjectHeaderBytes = 64;

/// What an object holds, and the version of its layout: "ILMETRC1".
using ObjectKind = std::array<char, 8>;
using ObjectCounts = std::array<std::uint64_t, 4>;

struct ObjectHeader {
  ObjectKind kind{};
  ObjectCounts counts{};
  std::uint64_t size_bytes = 0;  ///< of the whole object
  std::uint64_t body_checksum = 0;
};

[[nodiscard]] std::array<std::byte, kObjectHeaderBytes> encode_object_header(
    const ObjectHeader& header);

/// Fails when the bytes are no header, were changed, or are of an object of another kind.
[[nodiscard]] Result<ObjectHeader> decode_object_header(std::span<const std::byte> bytes,
                                                        const ObjectKind& kind);

/// Bytes that a column takes, filled up.
[[nodiscard]] std::uint64_t column_bytes(std::uint64_t values, std::uint64_t width);

/// a x b, or the highest number when it is too large for one: counts are not to be believed.
[[nodiscard]] std::uint64_t product(std::uint64_t a, std::uint64_t b);

template <class T>
[[nodiscard]] std::span<const std::byte> bytes_of(const std::vector<T>& column) {
  return std::as_bytes(std::span(column));
}

/// Writes an object in two rounds over its bytes, which need not be there all at once: the first
/// round tells the header its checksum, the second hands over the same bytes again.
class ObjectWriter {
 public:
  ObjectWriter(TaskIo& io, std::uint32_t output, const ObjectKind& kind)
      : io_(io), output_(output), kind_(kind) {}

  /// The next bytes of a column.
  [[nodiscard]] Result<void> add(std::span<const std::byte> bytes);
  /// The column is complete.
  [[nodiscard]] Result<void> end_column();
  [[nodiscard]] Result<void> begin_second_round(const ObjectCounts& counts);

 private:
  TaskIo& io_;
  std::uint32_t output_;
  ObjectKind kind_;
  bool second_round_ = false;
  std::uint64_t size_bytes_ = kObjectHeaderBytes;
  ChecksumStream checksum_;
};

/// An object whose columns are all there, as bytes.
[[nodiscard]] std::vector<std::byte> encode_object(
    const ObjectKind& kind, const ObjectCounts& counts,
    std::initializer_list<std::span<const std::byte>> columns);

/// Writes an object whose columns are all there.
[[nodiscard]] Result<void> write_object(TaskIo& io, std::uint32_t output, const ObjectKind& kind,
                                        const ObjectCounts& counts,
                                        std::initializer_list<std::span<const std::byte>> columns);

/// A stretch of an object.
struct ByteRange {
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;
};

/// Tells where rows of an object's columns lie; columns are asked for in their order.
class ColumnPlaces {
 public:
  /// Rows [first, last) of the next column, which has `rows` of `row_bytes` each.
  [[nodiscard]] ByteRange next(std::uint64_t rows, std::uint64_t row_bytes, std::uint64_t first,
                               std::uint64_t last) {
    const ByteRange range{at_ + first * row_bytes, (last - first) * row_bytes};
    at_ += column_bytes(rows, row_bytes);
    return range;
  }

 private:
  std::uint64_t at_ = kObjectHeaderBytes;
};

/// A whole object in memory; its columns are taken in their order.
class ObjectColumns {
 public:
  /// Fails when the bytes are not the whole object of this kind that was written.
  [[nodiscard]] static Result<ObjectColumns> open(std::span<const std::byte> bytes,
                                                  const ObjectKind& kind);

  [[nodiscard]] std::uint64_t count(std::size_t i) const { return header_.counts[i]; }

  /// A copy of the next column. What lies outside the object is left out, and noted.
  template <class T>
  [[nodiscard]] std::vector<T> next(std::uint64_t values) {
    std::vector<T> column;
    const std::span<const std::byte> bytes = next_bytes(values, sizeof(T));
    column.resize(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(column.data(), bytes.data(), bytes.size());
    return column;
  }

  /// Fails unless the columns taken were all of the object and not more.
  [[nodiscard]] Result<void> finish() const;

 private:
  [[nodiscard]] std::span<const std::byte> next_bytes(std::uint64_t values, std::size_t width);

  std::span<const std::byte> bytes_;
  ObjectHeader header_;
  std::uint64_t at_ = kObjectHeaderBytes;
  bool too_short_ = false;
};

}  // namespace ionloom::tasks
