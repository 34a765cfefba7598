#include "exec/ibd_object.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "exec/stage_keys.h"

namespace ionloom::exec {
namespace {

/// That are hashed at a time.
constexpr std::uint64_t kHashedBytes = std::uint64_t{1} << 20;

}  // namespace

void IbdObject::know(RangeHashes hashes) {
  has_parts_ = true;
  hashes_ = std::move(hashes);
}

Result<std::string> IbdObject::hash(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = hashes_.find({offset_bytes, length_bytes});
    if (known != hashes_.end()) return known->second;
  }
  if (has_parts_) {
    return data_error(name_, "what is known of it says nothing of its " +
                                 std::to_string(length_bytes) + " bytes from " +
                                 std::to_string(offset_bytes) +
                                 " on: every step of a run needs the same options");
  }
  HashStream hash;
  std::vector<std::byte> bytes(std::min(kHashedBytes, length_bytes));
  for (std::uint64_t at = 0; at < length_bytes;) {
    const auto piece =
        std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), length_bytes - at));
    if (auto done = read(offset_bytes + at, piece); !done) return std::unexpected(done.error());
    hash.add(piece);
    at += piece.size();
  }
  std::string text = hash.text();
  const std::lock_guard lock(mutex_);
  hashes_[{offset_bytes, length_bytes}] = text;
  return text;
}

RangeHashes IbdObject::hashes() const {
  const std::lock_guard lock(mutex_);
  return hashes_;
}

}  // namespace ionloom::exec
