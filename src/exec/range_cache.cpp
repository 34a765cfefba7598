#include "exec/range_cache.h"

#include <algorithm>

#include "stages/peak_run.h"

namespace ionloom::exec {
namespace {

/// An answer takes a store far away as long to begin as to send one or two of MiB.
constexpr std::uint64_t kRequestBytes = std::uint64_t{4} << 20;

/// Which block of a run a byte belongs to; the header is part of the first.
std::uint64_t block_of(std::uint64_t offset_bytes) {
  if (offset_bytes < stages::kRunHeaderBytes) return 0;
  return (offset_bytes - stages::kRunHeaderBytes) / stages::kRunBlockBytes;
}

}  // namespace

std::size_t RangeCache::copy_kept(const Place& place, std::uint64_t offset_bytes,
                                  std::span<std::byte> into) {
  const std::lock_guard lock(mutex_);
  const auto found = by_place_.find(place);
  if (found == by_place_.end()) return 0;
  const Piece& piece = *found->second;
  if (offset_bytes < piece.offset_bytes) return 0;
  const std::uint64_t skipped = offset_bytes - piece.offset_bytes;
  if (skipped >= piece.bytes.size()) return 0;
  const auto kept = std::span(piece.bytes).subspan(skipped);
  const std::size_t count = std::min(kept.size(), into.size());
  std::ranges::copy(kept.first(count), into.begin());
  pieces_.splice(pieces_.begin(), pieces_, found->second);
  return count;
}

void RangeCache::keep(Piece piece) {
  const std::lock_guard lock(mutex_);
  if (const auto old = by_place_.find(piece.place); old != by_place_.end()) {
    bytes_ -= old->second->bytes.size();
    pieces_.erase(old->second);
    by_place_.erase(old);
  }
  bytes_ += piece.bytes.size();
  pieces_.push_front(std::move(piece));
  by_place_[pieces_.front().place] = pieces_.begin();
  while (bytes_ > most_bytes_ && pieces_.size() > 1) {
    bytes_ -= pieces_.back().bytes.size();
    by_place_.erase(pieces_.back().place);
    pieces_.pop_back();
  }
}

store::Outcome<std::uint64_t> RangeCache::read(const store::ObjectName& name,
                                               store::ByteRange range, std::uint64_t offset_bytes,
                                               std::span<std::byte> into) {
  std::uint64_t asked = 0;
  const std::uint64_t range_end = range.offset_bytes + range.length_bytes;
  while (!into.empty()) {
    const std::size_t copied = copy_kept({name, block_of(offset_bytes)}, offset_bytes, into);
    into = into.subspan(copied);
    offset_bytes += copied;
    if (copied > 0) continue;
    // No more than is still kept when the reader gets there.
    const std::uint64_t request = std::min(kRequestBytes, most_bytes_ / 2);
    const std::uint64_t length =
        std::min(range_end - offset_bytes, std::max<std::uint64_t>(request, into.size()));
    const auto view = store_.view(name, {offset_bytes, length});
    if (!view) return std::unexpected(view.error());
    std::span<const std::byte> bytes = view->bytes();
    if (bytes.size() < into.size()) {
      return store::refuse(store::FailureCode::kCorrupt, name.text(),
                           "ends at byte " + std::to_string(offset_bytes + bytes.size()) +
                               ", before what was to be read of it");
    }
    asked += bytes.size();
    std::ranges::copy(bytes.first(into.size()), into.begin());
    into = {};
    for (std::uint64_t at = offset_bytes; !bytes.empty();) {
      const std::uint64_t block = block_of(at);
      const std::uint64_t end = stages::RunHeader::block_offset_bytes(block + 1);
      const auto part = bytes.first(std::min<std::uint64_t>(bytes.size(), end - at));
      keep({{name, block}, at, {part.begin(), part.end()}});
      bytes = bytes.subspan(part.size());
      at = end;
    }
  }
  return asked;
}

std::uint64_t RangeCache::memory_bound_bytes(std::uint64_t kept_bytes, std::uint32_t threads) {
  // Of what a thread has asked for a copy is kept before the answer goes.
  return kept_bytes + std::uint64_t{2} * threads * kRequestBytes;
}

}  // namespace ionloom::exec
