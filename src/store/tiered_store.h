#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/object_store.h"

namespace ionloom::store {

/// Several stores as one, the fastest first: memory, disk, peers, S3. Objects move by the rule of
/// docs/formats/store.md:
/// - A new object goes to the first tier that can be written to and of whose limit it is at most
///   half; to make room there the objects least recently used go to the next such tier.
/// - A read asks the tiers in turn. One that touches all blocks of an object brings it back into
/// the
///   tier where it would go if it were new; a read of some blocks moves nothing.
/// - A tier that is full and whose next one is too passes a new object on.
/// - An archive below the last writable tier takes what it takes when that is full.
/// An object is in the next tier before it leaves the one above, so that readers always find it.
/// What another process deletes from a tier they share may still be given out from a copy above it
/// until that is dropped: names that are shared are best never used twice.
class TieredStore final : public ObjectStore {
 public:
  struct Tier {
    std::string label;  ///< for counters: "memory", "disk"
    std::shared_ptr<ObjectStore> store;
    bool writable = true;  ///< false for peers
    /// What it holds already and the bytes of each, the least recently used first.
    std::vector<std::pair<ObjectName, std::uint64_t>> present = {};
    /// Makes the last tier, not writable, an archive: where the writable tiers are full, objects of
    /// which this is true leave the store for it. It is not read from.
    std::function<bool(const ObjectName&)> archives = {};
  };

  /// What happened in a tier since the store was made.
  struct Counters {
    std::string label;
    Usage usage;
    std::uint64_t hits = 0;       ///< reads answered by it
    std::uint64_t spilled = 0;    ///< objects moved to a tier below
    std::uint64_t dropped = 0;    ///< copies let go because a tier below has the object
    std::uint64_t came_back = 0;  ///< objects copied into it from below
    std::uint64_t came_back_bytes = 0;
  };

  /// @param tiers  at least one; the last writable one keeps what it has
  explicit TieredStore(std::vector<Tier> tiers);
  ~TieredStore() override;

  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override;
  Outcome<ObjectInfo> stat(const ObjectName& name) override;
  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
  Outcome<Listing> list(const ListQuery& query) override;
  Outcome<void> remove(const ObjectName& name) override;
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override;
  /// Of all writable tiers together.
  Usage usage() const override;

  [[nodiscard]] std::vector<Counters> counters() const;

 private:
  class Writer;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::store
