#include "exec/block_cache.h"

#include <algorithm>
#include <cstring>

#include "store/block_checksums.h"

namespace ionloom::exec {

using store::kBlockBytes;

store::Outcome<store::View> BlockCache::block(const store::ObjectName& name, std::uint64_t number) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        blocks_, [&](const Block& b) { return b.number == number && b.name == name; });
    if (found != blocks_.end()) {
      blocks_.splice(blocks_.begin(), blocks_, found);
      return found->view;
    }
  }
  auto view = store_.view(name, {number * kBlockBytes, kBlockBytes});
  if (!view) return view;
  const std::lock_guard lock(mutex_);
  blocks_.push_front({name, number, *view});
  if (blocks_.size() > most_) blocks_.pop_back();
  return view;
}

store::Outcome<void> BlockCache::read(const store::ObjectName& name, std::uint64_t offset_bytes,
                                      std::span<std::byte> into) {
  while (!into.empty()) {
    const std::uint64_t number = offset_bytes / kBlockBytes;
    const std::size_t begin = offset_bytes % kBlockBytes;
    const auto piece = into.first(std::min(into.size(), kBlockBytes - begin));
    const auto found = block(name, number);
    if (!found) return std::unexpected(found.error());
    const auto bytes = found->bytes();
    if (bytes.size() < begin + piece.size()) {
      return store::refuse(store::FailureCode::kCorrupt, name.text(),
                           "ends at byte " + std::to_string(number * kBlockBytes + bytes.size()) +
                               ", before what was to be read of it");
    }
    std::memcpy(piece.data(), bytes.data() + begin, piece.size());
    offset_bytes += piece.size();
    into = into.subspan(piece.size());
  }
  return {};
}

std::uint64_t BlockCache::memory_bound_bytes(std::size_t blocks, std::uint32_t threads) {
  return (blocks + threads) * kBlockBytes;
}

}  // namespace ionloom::exec
