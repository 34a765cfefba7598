#pragma once

#include <memory>
#include <optional>
#include <string>

#include "geds/client.h"
#include "geds/metadata_client.h"
#include "geds/node_choice.h"
#include "geds/store_names.h"
#include "store/object_store.h"
#include "store/peer_tier.h"
#include "store/remote_objects.h"

namespace ionloom::geds {

struct GedsStoreOptions {
  std::string metadata = {};          ///< "host:port" of the metadata server
  StoreRoot root = {};                ///< where in GEDS
  std::optional<HostPort> node = {};  ///< which keeps new objects; none: see NodeChoice
  Access access = {};
};

/// The store's interface over GEDS: objects are found through the metadata server, read from where
/// they lie, and put on a node, which keeps them when this process has ended. Checksums are not on
/// GEDS's wire: the node verifies what it keeps, and `checksum` is absent here. A full node is
/// known only when an object written piece by piece is sealed.
class GedsStore final : public store::ObjectStore, public store::RemoteObjects {
 public:
  /// Reaches for nothing yet. kIo when the authorities cannot be read.
  [[nodiscard]] static store::Outcome<std::unique_ptr<store::ObjectStore>> open(
      const GedsStoreOptions& options);

  ~GedsStore() override;

  store::Outcome<std::unique_ptr<store::ObjectWriter>> create(
      const store::ObjectName& name) override;
  store::Outcome<store::ObjectInfo> put(const store::ObjectName& name,
                                        std::span<const std::byte> bytes) override;
  store::Outcome<store::ObjectInfo> stat(const store::ObjectName& name) override;
  store::Outcome<store::View> view(const store::ObjectName& name,
                                   store::ByteRange range = {}) override;
  store::Outcome<store::Listing> list(const store::ListQuery& query) override;
  store::Outcome<void> remove(const store::ObjectName& name) override;
  /// Also of what others do.
  store::Outcome<std::unique_ptr<store::Watch>> watch(const std::string& bucket,
                                                      const std::string& prefix) override;
  store::Outcome<std::size_t> read(const store::ObjectName& name, std::uint64_t offset_bytes,
                                   std::span<std::byte> into) override;
  store::Outcome<std::string> metadata(const store::ObjectName& name) override;
  store::Outcome<void> set_metadata(const store::ObjectName& name,
                                    const std::string& bytes) override;
  /// Nothing: the memory is the nodes'.
  store::Usage usage() const override { return {}; }

 private:
  class Writer;

  GedsStore(GedsStoreOptions options, std::unique_ptr<MetadataClient> metadata);
  [[nodiscard]] store::Outcome<void> check_free(const store::ObjectName& name);
  /// Does `ask` with one node after the other until one can be reached and has room.
  template <class Ask>
  auto with_node(const store::ObjectName& name, const Ask& ask)
      -> decltype(ask(std::declval<Peer&>()));

  GedsStoreOptions options_;
  std::unique_ptr<MetadataClient> metadata_;
  Client client_;
  NodeChoice nodes_;
  std::shared_ptr<store::PeerSource> source_;
  store::PeerTier reads_;
};

}  // namespace ionloom::geds
