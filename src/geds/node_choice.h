#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "geds/metadata_client.h"
#include "geds/names.h"

namespace ionloom::geds {

/// Which node keeps a new object: the one that was named, else a living node of this machine, else
/// any living node; and which one its copy. Of several, the object's name decides, so that they
/// share the objects. Thread-safe.
class NodeChoice {
 public:
  /// @param metadata must outlive this
  NodeChoice(MetadataClient& metadata, std::optional<HostPort> named)
      : metadata_(metadata), named_(std::move(named)) {}

  /// The nodes in the order in which to ask them, at least one. UNAVAILABLE when there is none now;
  /// FAILED_PRECONDITION when the metadata server is IBM's, which does not know its nodes.
  [[nodiscard]] Outcome<std::vector<HostPort>> for_object(const ObjectId& id);

  /// The nodes other than `holder`, which has the object, in the order in which to ask them for a
  /// copy: those of other machines first. May be none. Fails as above.
  [[nodiscard]] Outcome<std::vector<HostPort>> for_copy(const ObjectId& id, const HostPort& holder);

 private:
  struct Known {
    std::vector<HostPort> here;
    std::vector<HostPort> elsewhere;
  };
  Outcome<Known> nodes();

  MetadataClient& metadata_;
  std::optional<HostPort> named_;
  std::mutex mutex_;
  std::optional<Known> known_;
  std::chrono::steady_clock::time_point known_since_;
};

}  // namespace ionloom::geds
