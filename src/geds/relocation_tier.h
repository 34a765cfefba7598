#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "geds/event_log.h"
#include "geds/metadata_client.h"
#include "geds/metrics.h"
#include "geds/s3_stores.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// S3 as a node's way out: an object that is written here and sealed lies in the S3 bucket of its
/// name, and the metadata says so (location s3://...). It is the node's no more, so nothing is ever
/// found here: readers go to S3 themselves.
class RelocationTier final : public store::ObjectStore {
 public:
  /// @param metadata  must outlive this
  /// @param location  the node's own: only what the metadata says lies there is relocated
  /// @param relocated counts bytes
  /// @param events    is told when objects cannot be moved, and when they can again
  /// @param moved     is told of each object as it was before: its copies are of no use any more
  RelocationTier(MetadataClient& metadata, std::string location, Counter& relocated,
                 EventLog events, std::function<void(const Object&)> moved)
      : metadata_(metadata),
        location_(std::move(location)),
        relocated_(relocated),
        events_(std::move(events)),
        moved_(std::move(moved)),
        stores_(metadata) {}

  /// Whether an S3 store is registered for its bucket.
  [[nodiscard]] bool takes(const store::ObjectName& name);

  /// kUnavailable when the object is being relocated already, kNotFound when it is not the node's.
  /// What lies in S3 under its name from before is replaced.
  store::Outcome<std::unique_ptr<store::ObjectWriter>> create(
      const store::ObjectName& name) override;

  store::Outcome<store::ObjectInfo> stat(const store::ObjectName& name) override;
  store::Outcome<store::View> view(const store::ObjectName& name,
                                   store::ByteRange range = {}) override;
  store::Outcome<store::Listing> list(const store::ListQuery& query) override;
  store::Outcome<void> remove(const store::ObjectName& name) override;
  store::Outcome<std::unique_ptr<store::Watch>> watch(const std::string& bucket,
                                                      const std::string& prefix) override;
  /// Without limit.
  store::Usage usage() const override;

 private:
  class Writer;

  /// The object as the metadata has it, if it lies on this node.
  [[nodiscard]] store::Outcome<Object> own(const store::ObjectName& name);
  void note_end(const store::ObjectName& name);
  /// Tells of the first object of several that could not be moved, and of the first that could
  /// again. One that was removed or moved by others meanwhile is neither.
  void note_outcome(const store::ObjectName& name, const std::optional<store::Failure>& failed);

  MetadataClient& metadata_;
  std::string location_;
  Counter& relocated_;
  EventLog events_;
  std::function<void(const Object&)> moved_;
  S3Stores stores_;
  std::mutex mutex_;
  std::set<store::ObjectName> under_way_;
  bool failing_ = false;
};

}  // namespace ionloom::geds
