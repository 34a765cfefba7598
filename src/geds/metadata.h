#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "geds/change.h"
#include "geds/event_log.h"
#include "geds/leases.h"
#include "geds/metadata_log.h"
#include "geds/metadata_state.h"
#include "geds/publisher.h"

namespace ionloom::geds {

/// A metadata server without its wire: the state behind a lock, made durable when there is a log,
/// with events and leases. Every call is thread-safe, and a change has returned only when it is as
/// durable as promised and its subscribers' streams have been handed the event.
class Metadata {
 public:
  /// @param log    keeps the changes; without one they end with the process
  /// @param state  where the log's history ends
  /// @param events is told of nodes that come and go, and of what happens to the log
  Metadata(MetadataState state, std::unique_ptr<MetadataLog> log, EventLog events = {});

  /// Names with control characters are refused by create(), unless this is switched off.
  void accept_any_names() { any_names_ = true; }

  [[nodiscard]] Outcome<void> create_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<void> delete_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<void> lookup_bucket(const std::string& bucket) const;
  [[nodiscard]] std::vector<std::string> buckets() const;

  [[nodiscard]] Outcome<void> create(const Object& object);
  [[nodiscard]] Outcome<void> update(const Object& object);
  /// @return the object as it was; of its places, where there are nodes, those whose lease runs
  [[nodiscard]] Outcome<Object> remove(const ObjectId& id);
  [[nodiscard]] Outcome<void> remove_prefix(const ObjectId& id);

  /// The object with its location and copies as far as they can be read from: a node that held a
  /// lease and let it run out is left out, and a copy takes its place. UNAVAILABLE when none is
  /// left.
  [[nodiscard]] Outcome<Object> lookup(const ObjectId& id) const;
  [[nodiscard]] Outcome<Listing> list(const ObjectId& prefix, char delimiter) const;

  /// Notes the S3 store behind a bucket, makes the bucket if needed, and adds `found`, the objects
  /// that lie there, except where the key exists already.
  [[nodiscard]] Outcome<void> register_store(const ObjectStoreConfig& config,
                                             const std::vector<Object>& found);
  [[nodiscard]] std::vector<ObjectStoreConfig> stores() const;

  /// The node at this location is alive for so long from now on, and, when this server was started
  /// again, for as long from then: who does not renew in that time is dead. Zero gives the lease
  /// back. A node that has just started, or counted as dead, may have lost what it held: readers of
  /// objects that have copies are sent there last.
  [[nodiscard]] Outcome<void> renew_lease(const std::string& location,
                                          std::chrono::milliseconds duration, bool started);
  /// See MetadataState; dead are nodes whose lease ran out.
  [[nodiscard]] std::vector<Object> lacking_copies(const std::string& location,
                                                   std::size_t most) const;
  [[nodiscard]] Outcome<void> add_copy(const Object& at_location, const std::string& copy);

  /// Locations of the nodes whose lease runs, ascending.
  [[nodiscard]] std::vector<std::string> live_nodes() const;

  [[nodiscard]] Publisher& publisher() { return publisher_; }

  /// How many lookups named a copy because the object's own node was dead.
  [[nodiscard]] std::uint64_t lookups_of_copies() const { return lookups_of_copies_; }

 private:
  /// Notes what was done under the lock; 0 without a log.
  [[nodiscard]] std::uint64_t note(const Change& change);
  /// Waits until it is durable, and has a snapshot made when one is due.
  [[nodiscard]] Outcome<void> settle(std::uint64_t sequence);
  void make_snapshots(const std::stop_token& stop);
  void publish_removed(const std::vector<Object>& removed);
  /// Whether a location's node is dead, as leases are now.
  [[nodiscard]] MetadataState::IsDead deaths() const;
  /// Leaves out places that are dead; false when no place is left.
  bool keep_living_places(ObjectInfo& info) const;

  mutable std::shared_mutex mutex_;
  MetadataState state_;
  std::unique_ptr<MetadataLog> log_;
  EventLog events_;
  mutable std::mutex lease_mutex_;
  Leases leases_;
  Publisher publisher_;
  bool any_names_ = false;
  mutable std::atomic<std::uint64_t> lookups_of_copies_ = 0;
  std::mutex snapshot_mutex_;
  std::condition_variable_any snapshot_due_;
  std::jthread snapshots_;  ///< makes them; none without a log
};

}  // namespace ionloom::geds
