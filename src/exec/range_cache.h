#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "store/object_store.h"

namespace ionloom::exec {

/// Reads ranges of objects from a store that is far away, and nothing outside them: a range comes
/// in pieces of up to 4 MiB, cut where blocks of a run of peaks end, and those that were read last
/// are kept, since neighbouring tasks share blocks. Thread-safe.
class RangeCache {
 public:
  /// @param store       must outlive this
  /// @param kept_bytes  of pieces that are kept, and a little more
  RangeCache(store::ObjectStore& store, std::uint64_t kept_bytes)
      : store_(store), most_bytes_(kept_bytes) {}

  /// Copies bytes of an object. What else is read with them lies in `range`, which they are within.
  /// Fails as view(), and with kCorrupt when the object ends before they do.
  /// @return bytes that the store was asked for
  [[nodiscard]] store::Outcome<std::uint64_t> read(const store::ObjectName& name,
                                                   store::ByteRange range,
                                                   std::uint64_t offset_bytes,
                                                   std::span<std::byte> into);

  /// Bytes that a cache which keeps so many needs at most while so many threads read.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t kept_bytes,
                                                        std::uint32_t threads);

 private:
  using Place = std::pair<store::ObjectName, std::uint64_t>;  ///< an object's block of a run
  struct Piece {
    Place place;
    std::uint64_t offset_bytes = 0;
    std::vector<std::byte> bytes;
  };

  /// Copies what is kept from an offset on. @return bytes copied; 0: nothing is kept
  std::size_t copy_kept(const Place& place, std::uint64_t offset_bytes, std::span<std::byte> into);
  void keep(Piece piece);

  store::ObjectStore& store_;
  std::uint64_t most_bytes_;
  std::mutex mutex_;
  std::uint64_t bytes_ = 0;
  std::list<Piece> pieces_;  ///< the one used last in front
  std::map<Place, std::list<Piece>::iterator> by_place_;
};

}  // namespace ionloom::exec
