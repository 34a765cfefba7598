#include "store/peer_tier.h"

#include <fmt/format.h>

#include "store/block_checksums.h"
#include "store/block_reading.h"
#include "store/listing_draft.h"

namespace ionloom::store {

Outcome<std::unique_ptr<ObjectWriter>> PeerTier::create(const ObjectName& name) {
  return refuse(FailureCode::kUnavailable, name.text(), "other nodes are only read from");
}

Outcome<ObjectInfo> PeerTier::stat(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  return source_->stat(name);
}

Outcome<View> PeerTier::view(const ObjectName& name, ByteRange range) {
  const auto info = stat(name);
  if (!info) return std::unexpected(info.error());
  const auto blocks = source_->block_checksums(name);
  if (!blocks) return std::unexpected(blocks.error());
  const bool complete = blocks->size() == block_count(info->size_bytes) &&
                        (!info->checksum || object_checksum(*blocks) == *info->checksum);
  if (!blocks->empty() && !complete) {
    return refuse(FailureCode::kCorrupt, name.text(),
                  "the checksums that its node gives do not belong to it");
  }
  return read_blocks(name.text(), "from its node", info->size_bytes, range.within(info->size_bytes),
                     *blocks,
                     [&](std::uint64_t offset, std::span<std::byte> into) -> Outcome<void> {
                       const auto count = source_->read(name, offset, into);
                       if (!count) return std::unexpected(count.error());
                       if (*count == into.size()) return {};
                       return refuse(FailureCode::kCorrupt, name.text(),
                                     fmt::format("its node gave {} of {} bytes from byte {} on",
                                                 *count, into.size(), offset));
                     });
}

Outcome<Listing> PeerTier::list(const ListQuery& query) {
  if (auto checked = check_query(query); !checked) return std::unexpected(checked.error());
  return source_->list(query);
}

Outcome<void> PeerTier::remove(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return checked;
  auto removed = source_->remove(name);
  if (removed) notices_.tell(Event::Kind::kDeleted, name);
  return removed;
}

Outcome<std::unique_ptr<Watch>> PeerTier::watch(const std::string& bucket,
                                                const std::string& prefix) {
  return notices_.watch(bucket, prefix);
}

}  // namespace ionloom::store
