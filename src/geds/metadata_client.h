#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "geds/metadata_state.h"
#include "geds/names.h"
#include "geds/object.h"
#include "geds/publisher.h"
#include "geds/status.h"

namespace ionloom::geds {

/// How to reach servers, and as whom.
struct Access {
  std::string token = {};  ///< bearer token, "" for none
  std::optional<std::filesystem::path> authorities =
      {};                                    ///< PEM of who signs servers' certificates
  std::chrono::milliseconds patience{2000};  ///< a call that takes longer is UNAVAILABLE
  /// Bytes a second of all data from and to nodes other than `near`; 0: as fast as they come.
  double far_bytes_s = 0;
  std::optional<HostPort> near = {};
};

/// The calls of a metadata service, IBM's or ours. Thread-safe. A server that cannot be reached
/// answers UNAVAILABLE within the patience; calls after that find it again once it is back.
class MetadataClient {
 public:
  /// @param server "host:port". Nothing is sent yet; fails only for unreadable authorities.
  [[nodiscard]] static Result<std::unique_ptr<MetadataClient>> make(const std::string& server,
                                                                    const Access& access);
  MetadataClient(const MetadataClient&) = delete;
  MetadataClient& operator=(const MetadataClient&) = delete;
  ~MetadataClient();

  /// This machine's address as the server sees it.
  [[nodiscard]] Outcome<std::string> own_address();

  /// A bucket that exists already is a success.
  [[nodiscard]] Outcome<void> ensure_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<void> delete_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<void> lookup_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<std::vector<std::string>> buckets();

  /// UNIMPLEMENTED when the object has copies and the server is IBM's.
  [[nodiscard]] Outcome<void> create(const Object& object);
  [[nodiscard]] Outcome<void> update(const Object& object);
  /// @return the object as it was, as far as its places can be reached: the location is empty when
  /// none can
  [[nodiscard]] Outcome<Object> remove(const ObjectId& id);
  [[nodiscard]] Outcome<void> remove_prefix(const ObjectId& id);
  /// Without copies: a call of GEDS's own.
  [[nodiscard]] Outcome<Object> lookup(const ObjectId& id);
  /// The same with the copies, where the server knows of any: to find other places to read from.
  [[nodiscard]] Outcome<Object> lookup_with_copies(const ObjectId& id);
  /// Objects that were put on two nodes and of whose nodes only that at `location` lives, a
  /// thousand at most. UNIMPLEMENTED when the server is IBM's.
  [[nodiscard]] Outcome<std::vector<Object>> lacking_copies(const std::string& location);
  /// The object of this location and size lies on the node of its one copy now, too. NOT_FOUND when
  /// there is no such object there any more.
  [[nodiscard]] Outcome<void> add_copy(const Object& object);
  /// @param delimiter 0 for none
  [[nodiscard]] Outcome<Listing> list(const ObjectId& prefix, char delimiter);

  /// Returns when the server has listed what lies in the store: takes its time with large ones.
  [[nodiscard]] Outcome<void> register_store(const ObjectStoreConfig& config);
  [[nodiscard]] Outcome<std::vector<ObjectStoreConfig>> stores();

  [[nodiscard]] Outcome<void> subscribe(const Subscription& subscription);
  [[nodiscard]] Outcome<void> unsubscribe(const Subscription& subscription);
  /// Hands the subscriber's events to `take` until it returns false. `ready` is called once nothing
  /// more will be missed. Returns the reason when the stream ends by itself.
  [[nodiscard]] Outcome<void> watch(const std::string& subscriber,
                                    const std::function<void()>& ready,
                                    const std::function<bool(const Event&)>& take);
  /// Ends all watch() calls, now and later.
  void stop_watching();

  /// UNIMPLEMENTED when the server is IBM's, which has no leases.
  /// @param started the first lease of a process
  [[nodiscard]] Outcome<void> renew_lease(const std::string& location,
                                          std::chrono::milliseconds duration, bool started = false);
  /// Locations of the nodes whose lease runs, ascending. UNIMPLEMENTED as above.
  [[nodiscard]] Outcome<std::vector<std::string>> live_nodes();

 private:
  struct Parts;
  explicit MetadataClient(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::geds
