#include "wasi/draft.h"

#include <algorithm>
#include <cstring>

namespace ionloom::wasi {

Answer<std::size_t> Draft::read(std::uint64_t offset_bytes, std::span<std::byte> into) {
  if (offset_bytes >= size_bytes()) return 0;
  if (offset_bytes < sent_bytes_) return refuse(Errno::kNotsup);
  const auto rest = std::span(bytes_).subspan(offset_bytes - sent_bytes_);
  const std::size_t count = std::min(rest.size(), into.size());
  if (count != 0) std::memcpy(into.data(), rest.data(), count);
  return count;
}

Answer<std::size_t> Draft::write(std::uint64_t offset_bytes, std::span<const std::byte> bytes,
                                 QuotaCount& quotas) {
  const std::uint64_t size = size_bytes();
  if (bytes.empty()) return 0;
  const bool streams = writer_ != nullptr;
  if (streams && offset_bytes != size) return refuse(Errno::kNotsup);
  const bool fits = offset_bytes <= kMemoryBytes && bytes.size() <= kMemoryBytes - offset_bytes;
  if (!fits && offset_bytes > size) {  // a hole
    if (offset_bytes > kMemoryBytes) return refuse(Errno::kFbig);
  } else if (!fits && offset_bytes < size) {
    return refuse(Errno::kNotsup);
  }
  const std::uint64_t hole = offset_bytes > size ? offset_bytes - size : 0;
  if (auto left = quotas.take_bytes(bytes.size() + hole); !left) return refuse(left.error());
  const std::size_t at = offset_bytes - sent_bytes_;
  if (at + bytes.size() > bytes_.size()) bytes_.resize(at + bytes.size());
  std::memcpy(bytes_.data() + at, bytes.data(), bytes.size());
  if (bytes_.size() > kMemoryBytes && !given_up_) {
    if (auto sent = send(); !sent) return refuse(sent.error());
  }
  return bytes.size();
}

Answer<void> Draft::set_size(std::uint64_t size_bytes, QuotaCount& quotas) {
  if (size_bytes == this->size_bytes()) return {};
  if (writer_ != nullptr) return refuse(Errno::kNotsup);
  if (size_bytes > kMemoryBytes) return refuse(Errno::kFbig);
  if (size_bytes > bytes_.size()) {
    if (auto left = quotas.take_bytes(size_bytes - bytes_.size()); !left) return left;
  }
  bytes_.resize(size_bytes);
  return {};
}

Answer<void> Draft::rename(store::ObjectName name) {
  if (writer_ != nullptr) return refuse(Errno::kNotsup);
  name_ = std::move(name);
  return {};
}

/// The name is free afterwards, when it was to be.
Answer<void> Draft::make_way() {
  if (!replaces_) return {};
  const auto removed = store_.remove(name_);
  if (!removed && removed.error().code != store::FailureCode::kNotFound) {
    return refuse(errno_of(removed.error()));
  }
  replaces_ = false;
  return {};
}

Answer<void> Draft::send() {
  if (writer_ == nullptr) {
    if (auto free = make_way(); !free) return free;
    auto writer = store_.create(name_);
    if (!writer) return refuse(errno_of(writer.error()));
    writer_ = *std::move(writer);
  }
  if (const auto added = writer_->append(bytes_); !added) return refuse(errno_of(added.error()));
  sent_bytes_ += bytes_.size();
  bytes_.clear();
  return {};
}

Answer<void> Draft::seal() {
  if (given_up_) return {};
  if (writer_ != nullptr) {
    if (auto sent = send(); !sent) return sent;
    if (const auto sealed = writer_->seal(); !sealed) return refuse(errno_of(sealed.error()));
    return {};
  }
  if (auto free = make_way(); !free) return free;
  const auto made = store_.put(name_, bytes_);
  if (!made) return refuse(errno_of(made.error()));
  return {};
}

}  // namespace ionloom::wasi
