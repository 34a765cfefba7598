#include "store/memory_tier.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "store/block_checksums.h"
#include "store/listing_draft.h"
#include "store/memory_buffer.h"

namespace ionloom::store {

struct MemoryTier::Stored {
  MemoryBuffer buffer;
  ObjectInfo info;
};

namespace {

std::unexpected<Failure> no_room(const ObjectName& name, const MemoryBudget& budget) {
  return refuse(FailureCode::kOutOfSpace, name.text(),
                fmt::format("does not fit into the memory of the store: {} of {} bytes are used",
                            budget.used_bytes(), budget.limit_bytes()));
}

std::unexpected<Failure> taken(const ObjectName& name) {
  return refuse(FailureCode::kExists, name.text(), "exists already");
}

}  // namespace

class MemoryTier::Writer final : public ObjectWriter {
 public:
  Writer(MemoryTier& tier, ObjectName name)
      : tier_(tier), name_(std::move(name)), buffer_(tier.budget_) {}

  Outcome<void> reserve(std::uint64_t more_bytes) override {
    if (sealed_) return refuse(FailureCode::kSealed, name_.text(), "is sealed");
    failed_ = failed_ || !buffer_.make_room(more_bytes);
    if (failed_) return no_room(name_, *tier_.budget_);
    return {};
  }

  std::span<std::byte> place_for(std::size_t most_bytes) override {
    return buffer_.room(most_bytes);
  }

  Outcome<void> append(std::span<const std::byte> bytes) override {
    if (sealed_) return refuse(FailureCode::kSealed, name_.text(), "is sealed");
    if (failed_ || !buffer_.make_room(bytes.size())) {
      failed_ = true;
      return no_room(name_, *tier_.budget_);
    }
    // Block by block, so that the checksum reads from the cache what was just copied.
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), kBlockBytes));
      buffer_.append(piece);
      checksums_.append(buffer_.bytes().last(piece.size()));
      bytes = bytes.subspan(piece.size());
    }
    return {};
  }

  Outcome<void> copy_to(ObjectWriter& other) override { return other.append(buffer_.bytes()); }

  Outcome<ObjectInfo> seal() override {
    if (sealed_) return refuse(FailureCode::kSealed, name_.text(), "is sealed");
    if (failed_) return no_room(name_, *tier_.budget_);
    sealed_ = true;
    buffer_.fit();
    const ObjectInfo info{buffer_.bytes().size(), object_checksum(checksums_.finish())};
    return tier_.keep(name_, std::make_shared<const Stored>(std::move(buffer_), info));
  }

 private:
  MemoryTier& tier_;
  ObjectName name_;
  MemoryBuffer buffer_;
  BlockChecksums checksums_;
  bool sealed_ = false;
  bool failed_ = false;
};

MemoryTier::MemoryTier(std::uint64_t limit_bytes)
    : budget_(std::make_shared<MemoryBudget>(limit_bytes)) {}

MemoryTier::~MemoryTier() = default;

Outcome<std::unique_ptr<ObjectWriter>> MemoryTier::create(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  {
    const std::shared_lock lock(mutex_);
    if (objects_.contains(name)) return taken(name);
  }
  return std::make_unique<Writer>(*this, name);
}

Outcome<ObjectInfo> MemoryTier::keep(const ObjectName& name,
                                     const std::shared_ptr<const Stored>& object) {
  const std::scoped_lock lock(mutex_);
  const auto [place, added] = objects_.try_emplace(name, object);
  if (!added) return taken(name);
  notices_.tell(Event::Kind::kSealed, name);
  return place->second->info;
}

Outcome<std::shared_ptr<const MemoryTier::Stored>> MemoryTier::find(const ObjectName& name) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = objects_.find(name); found != objects_.end()) return found->second;
  }
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  return refuse(FailureCode::kNotFound, name.text(), "is not here");
}

Outcome<ObjectInfo> MemoryTier::stat(const ObjectName& name) {
  const auto object = find(name);
  if (!object) return std::unexpected(object.error());
  return (*object)->info;
}

Outcome<View> MemoryTier::view(const ObjectName& name, ByteRange range) {
  auto object = find(name);
  if (!object) return std::unexpected(std::move(object.error()));
  const auto part = range.within((*object)->info.size_bytes);
  const auto bytes = (*object)->buffer.bytes().subspan(part.offset_bytes, part.length_bytes);
  return View(std::move(*object), bytes);
}

Outcome<Listing> MemoryTier::list(const ListQuery& query) {
  if (auto checked = check_query(query); !checked) return std::unexpected(checked.error());
  ListingDraft draft(query);
  const std::shared_lock lock(mutex_);
  for (auto at = objects_.lower_bound({query.bucket, query.prefix});
       at != objects_.end() && at->first.bucket == query.bucket &&
       at->first.key.starts_with(query.prefix);
       ++at) {
    draft.add(at->first.key, at->second->info.size_bytes);
  }
  return draft.finish();
}

Outcome<void> MemoryTier::remove(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return checked;
  const std::scoped_lock lock(mutex_);
  if (objects_.erase(name) == 0) {
    return refuse(FailureCode::kNotFound, name.text(), "is not here");
  }
  notices_.tell(Event::Kind::kDeleted, name);
  return {};
}

Outcome<std::unique_ptr<Watch>> MemoryTier::watch(const std::string& bucket,
                                                  const std::string& prefix) {
  return notices_.watch(bucket, prefix);
}

Usage MemoryTier::usage() const {
  return {budget_->used_bytes(), budget_->limit_bytes()};
}

}  // namespace ionloom::store
