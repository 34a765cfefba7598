#pragma once

#include <memory>
#include <string>
#include <utility>

#include "store/notice_board.h"
#include "store/object_store.h"
#include "store/peer_source.h"

namespace ionloom::store {

/// The objects of other nodes as a store that can be read and deleted from, not written to:
/// create() is kUnavailable. Its watches tell what is deleted through it.
class PeerTier final : public ObjectStore {
 public:
  explicit PeerTier(std::shared_ptr<PeerSource> source) : source_(std::move(source)) {}

  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override;
  Outcome<ObjectInfo> stat(const ObjectName& name) override;
  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
  Outcome<Listing> list(const ListQuery& query) override;
  Outcome<void> remove(const ObjectName& name) override;
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override;
  /// Nothing: the memory is other nodes'.
  Usage usage() const override { return {}; }

 private:
  std::shared_ptr<PeerSource> source_;
  NoticeBoard notices_;
};

}  // namespace ionloom::store
