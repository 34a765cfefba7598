#pragma once

#include <cstdint>
#include <string>

#include "geds/client.h"
#include "geds/metadata_client.h"
#include "geds/metrics.h"
#include "geds/names.h"
#include "geds/node_choice.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// Has other nodes keep copies of what this node holds. Thread-safe.
class CopyMaker {
 public:
  /// @param metadata and objects, the node's own, must outlive this
  /// @param own     the node's address
  /// @param made    counts copies
  CopyMaker(MetadataClient& metadata, const Access& access, store::ObjectStore& objects,
            HostPort own, Counter& made);

  /// Has a living node, one of another machine where there is one, keep a copy of a sealed object;
  /// where one is full or gone, the next is asked.
  /// @return its location. UNAVAILABLE when no other node is alive; else why the last one asked did
  /// not take it
  [[nodiscard]] Outcome<std::string> make(const ObjectId& id, std::uint64_t size_bytes);

  /// Has the node at this location forget its copy. One that cannot be reached keeps bytes that
  /// nobody will find.
  void forget(const ObjectId& id, const std::string& location);

 private:
  NodeChoice nodes_;
  Client client_;
  store::ObjectStore& objects_;
  HostPort own_;
  Counter& made_;
};

}  // namespace ionloom::geds
