#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "store/failure.h"
#include "store/object_name.h"
#include "store/object_store.h"

namespace ionloom::store {

/// Objects that other nodes hold, as the store sees them: found and read, never written. geds/
/// implements it over its metadata service and data transport; PeerTier makes an ObjectStore of it,
/// cuts reads into blocks and checks these against the checksums, where there are any. Thread-safe.
class PeerSource {
 public:
  virtual ~PeerSource() = default;

  /// kNotFound when no node has the object; kUnavailable when the node that has it does not answer.
  [[nodiscard]] virtual Outcome<ObjectInfo> stat(const ObjectName& name) = 0;

  /// Checksum of each block of 1 MiB (block_checksums.h); empty when the other node keeps none, as
  /// IBM's do.
  [[nodiscard]] virtual Outcome<std::vector<std::uint64_t>> block_checksums(
      const ObjectName& name) = 0;

  /// Reads from the object's byte `offset_bytes` on; fewer bytes than asked for at its end only.
  [[nodiscard]] virtual Outcome<std::size_t> read(const ObjectName& name,
                                                  std::uint64_t offset_bytes,
                                                  std::span<std::byte> into) = 0;

  [[nodiscard]] virtual Outcome<Listing> list(const ListQuery& query) = 0;

  /// Has the node that holds it forget the object.
  [[nodiscard]] virtual Outcome<void> remove(const ObjectName& name) = 0;
};

}  // namespace ionloom::store
