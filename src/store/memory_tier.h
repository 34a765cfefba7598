#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>

#include "store/notice_board.h"
#include "store/object_store.h"

namespace ionloom::store {

/// Objects in this process's memory, 64-byte aligned, within a bound. A view holds its bytes: those
/// of a deleted object count as used until the last view of it is gone.
class MemoryTier final : public ObjectStore {
 public:
  explicit MemoryTier(std::uint64_t limit_bytes);
  ~MemoryTier() override;

  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override;
  Outcome<ObjectInfo> stat(const ObjectName& name) override;
  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
  Outcome<Listing> list(const ListQuery& query) override;
  Outcome<void> remove(const ObjectName& name) override;
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override;
  Usage usage() const override;

 private:
  struct Stored;
  class Writer;

  Outcome<std::shared_ptr<const Stored>> find(const ObjectName& name) const;
  Outcome<ObjectInfo> keep(const ObjectName& name, const std::shared_ptr<const Stored>& object);

  std::shared_ptr<class MemoryBudget> budget_;
  mutable std::shared_mutex mutex_;
  std::map<ObjectName, std::shared_ptr<const Stored>> objects_;
  NoticeBoard notices_;
};

}  // namespace ionloom::store
