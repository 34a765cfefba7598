#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <span>
#include <string>

#include "store/object_store.h"

namespace ionloom::exec {

/// Reads objects in the blocks in which their store verifies them (1 MiB), and keeps the blocks
/// that were read last: tasks read an object in small pieces, one after the other. Thread-safe.
class BlockCache {
 public:
  /// @param store   must outlive this
  /// @param blocks  kept at most; more than threads that read
  BlockCache(store::ObjectStore& store, std::size_t blocks) : store_(store), most_(blocks) {}

  /// Copies bytes of an object. kCorrupt when it ends before they do; else fails as view().
  [[nodiscard]] store::Outcome<void> read(const store::ObjectName& name, std::uint64_t offset_bytes,
                                          std::span<std::byte> into);

  /// Bytes that a cache of so many blocks needs at most while so many threads read.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::size_t blocks, std::uint32_t threads);

 private:
  struct Block {
    store::ObjectName name;
    std::uint64_t number = 0;
    store::View view;
  };

  [[nodiscard]] store::Outcome<store::View> block(const store::ObjectName& name,
                                                  std::uint64_t number);

  store::ObjectStore& store_;
  std::size_t most_;
  std::mutex mutex_;
  std::list<Block> blocks_;  ///< the one read last in front
};

}  // namespace ionloom::exec
