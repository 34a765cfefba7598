#include "geds/metadata.h"

#include <utility>

#include "geds/names.h"

namespace ionloom::geds {

Metadata::Metadata(MetadataState state, std::unique_ptr<MetadataLog> log, EventLog events)
    : state_(std::move(state)), log_(std::move(log)), events_(std::move(events)) {
  const auto now = Leases::Clock::now();
  for (const auto& [location, duration_ms] : state_.leases()) {
    leases_.renew(location, std::chrono::milliseconds(duration_ms), now);
  }
  if (log_)
    snapshots_ = std::jthread([this](const std::stop_token& stop) { make_snapshots(stop); });
}

void Metadata::make_snapshots(const std::stop_token& stop) {
  std::unique_lock lock(snapshot_mutex_);
  while (snapshot_due_.wait(lock, stop, [&] { return log_->wants_snapshot(); })) {
    lock.unlock();
    if (const auto made = log_->snapshot()) {
      events_.info("snapshot", {{"change", *made}});
    } else {
      // Every change is durable in the logs, so nobody has anything to fear.
      events_.warning("snapshot_failed", {{"reason", made.error().message()}});
    }
    lock.lock();
  }
}

std::uint64_t Metadata::note(const Change& change) {
  return log_ ? log_->append(change) : 0;
}

Outcome<void> Metadata::settle(std::uint64_t sequence) {
  if (!log_) return {};
  if (auto done = log_->wait_durable(sequence); !done) {
    events_.error("change_not_kept", {{"reason", done.error().message()}});
    return std::unexpected(to_status(done.error()));
  }
  if (log_->wants_snapshot()) {
    const std::scoped_lock lock(snapshot_mutex_);
    snapshot_due_.notify_one();
  }
  return {};
}

void Metadata::publish_removed(const std::vector<Object>& removed) {
  for (const Object& object : removed) {
    publisher_.publish({Publication::kDelete, {object.id, {}}});
  }
}

Outcome<void> Metadata::create_bucket(const std::string& bucket) {
  if (!any_names_ && has_control_characters(bucket)) {
    return refuse(StatusCode::kInvalidArgument, "a bucket name may not contain control characters");
  }
  std::unique_lock lock(mutex_);
  if (auto done = state_.create_bucket(bucket); !done) return done;
  const std::uint64_t sequence = note(BucketCreated{bucket});
  lock.unlock();
  return settle(sequence);
}

Outcome<void> Metadata::delete_bucket(const std::string& bucket) {
  std::unique_lock lock(mutex_);
  const auto removed = state_.delete_bucket(bucket);
  if (!removed) return std::unexpected(removed.error());
  const std::uint64_t sequence = note(BucketDeleted{bucket});
  lock.unlock();
  if (auto done = settle(sequence); !done) return done;
  publish_removed(*removed);
  return {};
}

Outcome<void> Metadata::lookup_bucket(const std::string& bucket) const {
  const std::shared_lock lock(mutex_);
  return state_.lookup_bucket(bucket);
}

std::vector<std::string> Metadata::buckets() const {
  const std::shared_lock lock(mutex_);
  return state_.buckets();
}

Outcome<void> Metadata::create(const Object& object) {
  if (!any_names_ && has_control_characters(object.id.key)) {
    return refuse(StatusCode::kInvalidArgument, "a key may not contain control characters");
  }
  std::unique_lock lock(mutex_);
  if (auto done = state_.create(object); !done) return done;
  const std::uint64_t sequence = note(ObjectPut{object});
  lock.unlock();
  if (auto done = settle(sequence); !done) return done;
  publisher_.publish({Publication::kCreate, object});
  return {};
}

Outcome<void> Metadata::update(const Object& object) {
  std::unique_lock lock(mutex_);
  if (auto done = state_.update(object); !done) return done;
  const std::uint64_t sequence = note(ObjectPut{object});
  lock.unlock();
  if (auto done = settle(sequence); !done) return done;
  publisher_.publish({Publication::kUpdate, object});
  return {};
}

Outcome<Object> Metadata::remove(const ObjectId& id) {
  std::unique_lock lock(mutex_);
  auto removed = state_.remove(id);
  if (!removed) return removed;
  const std::uint64_t sequence = note(ObjectRemoved{id});
  lock.unlock();
  if (auto done = settle(sequence); !done) return std::unexpected(done.error());
  publisher_.publish({Publication::kDelete, {id, {}}});
  if (!keep_living_places(removed->info)) removed->info.location = "";
  return removed;
}

Outcome<void> Metadata::remove_prefix(const ObjectId& id) {
  std::unique_lock lock(mutex_);
  const auto removed = state_.remove_prefix(id);
  if (!removed) return std::unexpected(removed.error());
  const std::uint64_t sequence = note(PrefixRemoved{id});
  lock.unlock();
  if (auto done = settle(sequence); !done) return done;
  publish_removed(*removed);
  return {};
}

Outcome<Object> Metadata::lookup(const ObjectId& id) const {
  Outcome<Object> object = [&] {
    const std::shared_lock lock(mutex_);
    return state_.lookup(id);
  }();
  if (!object) return object;
  const std::string location = object->info.location;
  if (!keep_living_places(object->info)) {
    return refuse(StatusCode::kUnavailable,
                  id.text() + " lies on " + location + ", which has not been heard of");
  }
  if (object->info.location != location) ++lookups_of_copies_;
  return object;
}

bool Metadata::keep_living_places(ObjectInfo& info) const {
  const std::scoped_lock lock(lease_mutex_);
  const auto dead = [&, now = Leases::Clock::now()](const std::string& location) {
    return leases_.expired(location, now);
  };
  std::erase_if(info.copies, dead);
  if (!dead(info.location)) return true;
  if (info.copies.empty()) return false;
  info.location = std::move(info.copies.front());
  info.copies.erase(info.copies.begin());
  return true;
}

Outcome<Listing> Metadata::list(const ObjectId& prefix, char delimiter) const {
  const std::shared_lock lock(mutex_);
  return state_.list(prefix, delimiter);
}

Outcome<void> Metadata::register_store(const ObjectStoreConfig& config,
                                       const std::vector<Object>& found) {
  std::vector<Object> added;
  std::unique_lock lock(mutex_);
  if (state_.create_bucket(config.bucket)) (void)note(BucketCreated{config.bucket});
  for (const Object& object : found) {
    if (state_.lookup(object.id)) continue;
    if (auto done = state_.create(object); !done) return done;
    (void)note(ObjectPut{object});
    added.push_back(object);
  }
  state_.register_store(config);
  const std::uint64_t sequence = note(StoreRegistered{config});
  lock.unlock();
  if (auto done = settle(sequence); !done) return done;
  for (const Object& object : added) publisher_.publish({Publication::kCreate, object});
  return {};
}

std::vector<ObjectStoreConfig> Metadata::stores() const {
  const std::shared_lock lock(mutex_);
  return state_.stores();
}

Outcome<void> Metadata::renew_lease(const std::string& location, std::chrono::milliseconds duration,
                                    bool started) {
  bool may_have_lost = started;
  {
    const std::scoped_lock lock(lease_mutex_);
    const auto now = Leases::Clock::now();
    if (duration.count() == 0) {
      events_.info("node_left", {{"node", location}});
    } else if (leases_.expired(location, now)) {
      events_.warning("node_back", {{"node", location}});
      may_have_lost = true;
    }
    leases_.renew(location, duration, now);
  }
  // Only the first lease, a last one and another length are worth a record.
  const auto duration_ms = static_cast<std::uint32_t>(duration.count());
  std::unique_lock lock(mutex_);
  std::uint64_t sequence = 0;
  if (may_have_lost && state_.put_last(location)) sequence = note(NodePutLast{location});
  const auto known = state_.leases().find(location);
  const bool noted = known != state_.leases().end() && known->second == duration_ms;
  if (noted && sequence == 0) return {};
  if (known == state_.leases().end()) {
    events_.info("node_joined", {{"node", location}, {"lease_ms", duration_ms}});
  }
  if (!noted) {
    state_.note_lease(location, duration_ms);
    sequence = note(LeaseNoted{location, duration_ms});
  }
  lock.unlock();
  return settle(sequence);
}

MetadataState::IsDead Metadata::deaths() const {
  const std::scoped_lock lock(lease_mutex_);
  return [leases = leases_, now = Leases::Clock::now()](const std::string& location) {
    return leases.expired(location, now);
  };
}

std::vector<Object> Metadata::lacking_copies(const std::string& location, std::size_t most) const {
  const auto is_dead = deaths();
  const std::shared_lock lock(mutex_);
  return state_.lacking_copies(location, is_dead, most);
}

Outcome<void> Metadata::add_copy(const Object& at_location, const std::string& copy) {
  const auto is_dead = deaths();
  std::unique_lock lock(mutex_);
  const auto changed = state_.add_copy(at_location, copy, is_dead);
  if (!changed) return std::unexpected(changed.error());
  const std::uint64_t sequence = note(ObjectPut{*changed});
  lock.unlock();
  return settle(sequence);
}

std::vector<std::string> Metadata::live_nodes() const {
  const std::scoped_lock lock(lease_mutex_);
  return leases_.alive(Leases::Clock::now());
}

}  // namespace ionloom::geds
