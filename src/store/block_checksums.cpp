#include "store/block_checksums.h"

#include <algorithm>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ionloom::store {

std::uint64_t checksum(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t object_checksum(std::span<const std::uint64_t> blocks) {
  return checksum(std::as_bytes(blocks));
}

/// Of the block that is not full.
struct BlockChecksums::State {
  XXH3_state_t xxh3;
};

BlockChecksums::BlockChecksums() : state_(std::make_unique<State>()) {}
BlockChecksums::~BlockChecksums() = default;
BlockChecksums::BlockChecksums(BlockChecksums&&) noexcept = default;
BlockChecksums& BlockChecksums::operator=(BlockChecksums&&) noexcept = default;

void BlockChecksums::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kBlockBytes - open_bytes_));
    bytes = bytes.subspan(piece.size());
    if (piece.size() == kBlockBytes) {
      full_.push_back(checksum(piece));
      continue;
    }
    if (open_bytes_ == 0) XXH3_64bits_reset(&state_->xxh3);
    XXH3_64bits_update(&state_->xxh3, piece.data(), piece.size());
    open_bytes_ += piece.size();
    if (open_bytes_ == kBlockBytes) {
      full_.push_back(XXH3_64bits_digest(&state_->xxh3));
      open_bytes_ = 0;
    }
  }
}

std::vector<std::uint64_t> BlockChecksums::finish() {
  if (open_bytes_ != 0) full_.push_back(XXH3_64bits_digest(&state_->xxh3));
  open_bytes_ = 0;
  return std::exchange(full_, {});
}

}  // namespace ionloom::store
