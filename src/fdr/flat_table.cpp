#include "fdr/flat_table.h"

namespace ionloom::fdr {
namespace {

/// A vtable starts with its own size and the table's, each in 16 bits.
constexpr std::uint16_t kVtableHead = 4;

}  // namespace

std::string_view FlatBuffer::text(std::uint64_t position, std::uint64_t length) {
  if (position > bytes_.size() || length > bytes_.size() - position) {
    damaged_ = true;
    return {};
  }
  return {reinterpret_cast<const char*>(bytes_.data()) + position,
          static_cast<std::size_t>(length)};
}

FlatTable::FlatTable(FlatBuffer& buffer, std::uint64_t position)
    : buffer_(&buffer), position_(position) {
  const std::int64_t vtable =
      static_cast<std::int64_t>(position) - buffer.value<std::int32_t>(position);
  // A negative place is past the end as an unsigned one, which the buffer refuses.
  const auto start = static_cast<std::uint64_t>(vtable);
  const auto size = buffer.value<std::uint16_t>(start);
  if (size < kVtableHead || buffer.damaged()) return;
  fields_ = buffer.values<std::uint16_t>(start + kVtableHead,
                                         (size - kVtableHead) / sizeof(std::uint16_t));
}

std::uint64_t FlatTable::place(std::uint32_t field) const {
  if (field >= fields_.size() || fields_[field] == 0) return 0;
  return position_ + fields_[field];
}

std::string_view FlatTable::text(std::uint32_t field) const {
  const std::uint64_t at = place(field);
  if (at == 0) return {};
  const std::uint64_t string = buffer_->target(at);
  return buffer_->text(string + sizeof(std::uint32_t), buffer_->value<std::uint32_t>(string));
}

std::uint32_t FlatTable::length(std::uint32_t field) const {
  const std::uint64_t at = place(field);
  return at == 0 ? 0 : buffer_->value<std::uint32_t>(buffer_->target(at));
}

FlatTable FlatTable::table(std::uint32_t field) const {
  const std::uint64_t at = place(field);
  return at == 0 ? FlatTable(*buffer_) : FlatTable(*buffer_, buffer_->target(at));
}

FlatTable FlatTable::element(std::uint32_t field, std::uint32_t i) const {
  const std::uint64_t at = place(field);
  if (at == 0) return FlatTable(*buffer_);
  const std::uint64_t slot =
      buffer_->target(at) + sizeof(std::uint32_t) + sizeof(std::uint32_t) * std::uint64_t{i};
  return {*buffer_, buffer_->target(slot)};
}

}  // namespace ionloom::fdr
