#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "geds/client.h"
#include "geds/store_names.h"
#include "store/peer_source.h"

namespace ionloom::geds {

/// The objects that a metadata server knows, wherever they lie, for a store::PeerTier.
class ObjectSource final : public store::PeerSource {
 public:
  /// @param metadata and client must outlive this
  ObjectSource(MetadataClient& metadata, Client& client, StoreRoot root)
      : metadata_(metadata), client_(client), root_(std::move(root)) {}

  store::Outcome<store::ObjectInfo> stat(const store::ObjectName& name) override;
  /// None: GEDS's wire has no checksums. The node that holds the bytes has verified them.
  store::Outcome<std::vector<std::uint64_t>> block_checksums(
      const store::ObjectName& name) override;
  store::Outcome<std::size_t> read(const store::ObjectName& name, std::uint64_t offset_bytes,
                                   std::span<std::byte> into) override;
  store::Outcome<store::Listing> list(const store::ListQuery& query) override;
  store::Outcome<void> remove(const store::ObjectName& name) override;

 private:
  Outcome<Object> look_up(const store::ObjectName& name);
  /// Remembers where it lies, or that it does not.
  void keep(const store::ObjectName& name, const Outcome<Object>& object);

  MetadataClient& metadata_;
  Client& client_;
  StoreRoot root_;
  std::mutex mutex_;
  std::map<store::ObjectName, Object> known_;  ///< as they were last looked up
};

}  // namespace ionloom::geds
