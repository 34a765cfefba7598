#include "tasks/object_layout.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

namespace ionloom::tasks {
namespace {

static_assert(std::endian::native == std::endian::little, "objects are little-endian columns");

constexpr std::uint64_t kAlignmentBytes = 64;
constexpr std::size_t kHeaderChecksumAt = 56;

struct HeaderBytes {
  ObjectKind kind;
  ObjectCounts counts;
  std::uint64_t size_bytes;
  std::uint64_t body_checksum;
  std::uint64_t header_checksum;
};
static_assert(sizeof(HeaderBytes) == kObjectHeaderBytes);

}  // namespace

std::array<std::byte, kObjectHeaderBytes> encode_object_header(const ObjectHeader& header) {
  HeaderBytes fields = {header.kind, header.counts, header.size_bytes, header.body_checksum, 0};
  fields.header_checksum = checksum(std::as_bytes(std::span(&fields, 1)).first(kHeaderChecksumAt));
  return std::bit_cast<std::array<std::byte, kObjectHeaderBytes>>(fields);
}

Result<ObjectHeader> decode_object_header(std::span<const std::byte> bytes,
                                          const ObjectKind& kind) {
  const std::string wanted(kind.data(), kind.size());
  if (bytes.size() < kObjectHeaderBytes) {
    return data_error(
        {}, "has " + std::to_string(bytes.size()) + " bytes, expected an object of kind " + wanted);
  }
  HeaderBytes fields{};
  std::memcpy(&fields, bytes.data(), sizeof fields);
  if (fields.kind != kind) {
    return data_error({}, "is no object of kind " + wanted + ": it begins with other bytes");
  }
  if (checksum(bytes.first(kHeaderChecksumAt)) != fields.header_checksum) {
    return data_error({}, "the header of this object of kind " + wanted + " is damaged");
  }
  return ObjectHeader{fields.kind, fields.counts, fields.size_bytes, fields.body_checksum};
}

std::uint64_t column_bytes(std::uint64_t values, std::uint64_t width) {
  return (values * width + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

Result<void> ObjectWriter::add(std::span<const std::byte> bytes) {
  size_bytes_ += bytes.size();
  if (second_round_) return io_.write(output_, bytes);
  checksum_.add(bytes);
  return {};
}

Result<void> ObjectWriter::end_column() {
  constexpr std::array<std::byte, kAlignmentBytes> kZeros{};
  const std::uint64_t padding = column_bytes(size_bytes_, 1) - size_bytes_;
  return add(std::span(kZeros).first(padding));
}

Result<void> ObjectWriter::begin_second_round(const ObjectCounts& counts) {
  second_round_ = true;
  const auto header = encode_object_header({kind_, counts, size_bytes_, checksum_.value()});
  size_bytes_ = kObjectHeaderBytes;
  return io_.write(output_, header);
}

std::vector<std::byte> encode_object(const ObjectKind& kind, const ObjectCounts& counts,
                                     std::initializer_list<std::span<const std::byte>> columns) {
  std::uint64_t size_bytes = kObjectHeaderBytes;
  for (const std::span<const std::byte> column : columns) {
    size_bytes += column_bytes(column.size(), 1);
  }
  std::vector<std::byte> bytes(size_bytes);
  std::size_t at = kObjectHeaderBytes;
  for (const std::span<const std::byte> column : columns) {
    std::ranges::copy(column, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    at += column_bytes(column.size(), 1);
  }
  const auto header = encode_object_header(
      {kind, counts, size_bytes, checksum(std::span(bytes).subspan(kObjectHeaderBytes))});
  std::ranges::copy(header, bytes.begin());
  return bytes;
}

Result<void> write_object(TaskIo& io, std::uint32_t output, const ObjectKind& kind,
                          const ObjectCounts& counts,
                          std::initializer_list<std::span<const std::byte>> columns) {
  ObjectWriter writer(io, output, kind);
  const auto all = [&]() -> Result<void> {
    for (const std::span<const std::byte> column : columns) {
      if (auto added = writer.add(column); !added) return added;
      if (auto ended = writer.end_column(); !ended) return ended;
    }
    return {};
  };
  if (auto summed = all(); !summed) return summed;
  if (auto begun = writer.begin_second_round(counts); !begun) return begun;
  return all();
}

Result<ObjectColumns> ObjectColumns::open(std::span<const std::byte> bytes,
                                          const ObjectKind& kind) {
  const auto header = decode_object_header(bytes, kind);
  if (!header) return std::unexpected(header.error());
  if (header->size_bytes != bytes.size()) {
    return data_error({}, "has " + std::to_string(bytes.size()) + " bytes, but was written with " +
                              std::to_string(header->size_bytes));
  }
  if (checksum(bytes.subspan(kObjectHeaderBytes)) != header->body_checksum) {
    return data_error({}, "was changed after it was written: its checksum is another one");
  }
  ObjectColumns columns;
  columns.bytes_ = bytes;
  columns.header_ = *header;
  return columns;
}

std::span<const std::byte> ObjectColumns::next_bytes(std::uint64_t values, std::size_t width) {
  const std::uint64_t rest = bytes_.size() - at_;
  if (values > rest / width || column_bytes(values, width) > rest) {
    too_short_ = true;
    return {};
  }
  const auto bytes = bytes_.subspan(at_, values * width);
  at_ += column_bytes(values, width);
  return bytes;
}

Result<void> ObjectColumns::finish() const {
  if (!too_short_ && at_ == bytes_.size()) return {};
  return data_error(
      {}, "its counts do not go with its size of " + std::to_string(bytes_.size()) + " bytes");
}

}  // namespace ionloom::tasks
