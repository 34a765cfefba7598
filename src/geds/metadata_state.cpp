#include "geds/metadata_state.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ionloom::geds {
namespace {

std::unexpected<Status> no_bucket(const std::string& bucket) {
  return refuse(StatusCode::kNotFound, "bucket " + bucket + " does not exist");
}

std::unexpected<Status> no_key(const ObjectId& id) {
  return refuse(StatusCode::kNotFound, id.text() + " does not exist");
}

}  // namespace

Outcome<void> MetadataState::create_bucket(const std::string& bucket) {
  if (buckets_.try_emplace(bucket).second) return {};
  return refuse(StatusCode::kAlreadyExists, "bucket " + bucket + " already exists");
}

Outcome<std::vector<Object>> MetadataState::delete_bucket(const std::string& bucket) {
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return no_bucket(bucket);
  std::vector<Object> removed;
  removed.reserve(found->second.size());
  for (auto& [key, info] : found->second) removed.push_back({{bucket, key}, std::move(info)});
  buckets_.erase(found);
  return removed;
}

Outcome<void> MetadataState::lookup_bucket(const std::string& bucket) const {
  if (buckets_.contains(bucket)) return {};
  return no_bucket(bucket);
}

std::vector<std::string> MetadataState::buckets() const {
  std::vector<std::string> names;
  names.reserve(buckets_.size());
  for (const auto& [name, keys] : buckets_) names.push_back(name);
  return names;
}

Outcome<void> MetadataState::create(const Object& object) {
  const auto bucket = buckets_.find(object.id.bucket);
  if (bucket == buckets_.end()) return no_bucket(object.id.bucket);
  bucket->second.insert_or_assign(object.id.key, object.info);
  return {};
}

Outcome<void> MetadataState::update(const Object& object) {
  const auto bucket = buckets_.find(object.id.bucket);
  if (bucket == buckets_.end()) return no_bucket(object.id.bucket);
  const auto key = bucket->second.find(object.id.key);
  if (key == bucket->second.end()) return no_key(object.id);
  key->second = object.info;
  return {};
}

Outcome<Object> MetadataState::remove(const ObjectId& id) {
  const auto bucket = buckets_.find(id.bucket);
  if (bucket == buckets_.end()) return no_bucket(id.bucket);
  const auto key = bucket->second.find(id.key);
  if (key == bucket->second.end()) return no_key(id);
  Object removed{id, std::move(key->second)};
  bucket->second.erase(key);
  return removed;
}

Outcome<std::vector<Object>> MetadataState::remove_prefix(const ObjectId& id) {
  const auto bucket = buckets_.find(id.bucket);
  if (bucket == buckets_.end()) return no_bucket(id.bucket);
  Keys& keys = bucket->second;
  const auto begin = keys.lower_bound(id.key);
  if (begin == keys.end()) {
    return refuse(StatusCode::kNotFound, "no object begins with " + id.text());
  }
  std::vector<Object> removed;
  auto end = begin;
  for (; end != keys.end() && end->first.starts_with(id.key); ++end) {
    removed.push_back({{id.bucket, end->first}, std::move(end->second)});
  }
  keys.erase(begin, end);
  return removed;
}

Outcome<Object> MetadataState::lookup(const ObjectId& id) const {
  const auto bucket = buckets_.find(id.bucket);
  if (bucket == buckets_.end()) return no_bucket(id.bucket);
  const auto key = bucket->second.find(id.key);
  if (key == bucket->second.end()) return no_key(id);
  return Object{id, key->second};
}

Outcome<Listing> MetadataState::list(const ObjectId& prefix, char delimiter) const {
  const auto bucket = buckets_.find(prefix.bucket);
  if (bucket == buckets_.end()) return no_bucket(prefix.bucket);
  const Keys& keys = bucket->second;
  Listing listing;
  for (auto at = keys.lower_bound(prefix.key);
       at != keys.end() && at->first.starts_with(prefix.key);) {
    const std::string& key = at->first;
    const auto cut =
        delimiter == 0 ? std::string_view::npos : key.find(delimiter, prefix.key.size());
    if (cut == std::string_view::npos) {
      listing.objects.push_back({{prefix.bucket, key}, at->second});
      ++at;
      continue;
    }
    // All keys of a folder are neighbours; go on behind the last that can be in it.
    std::string folder = key.substr(0, cut + 1);
    std::string behind = folder;
    while (!behind.empty() && behind.back() == '\xff') behind.pop_back();
    if (!behind.empty()) behind.back() = static_cast<char>(behind.back() + 1);
    at = behind.empty() ? keys.end() : keys.lower_bound(behind);
    listing.common_prefixes.push_back(std::move(folder));
  }
  return listing;
}

void MetadataState::register_store(const ObjectStoreConfig& config) {
  stores_.insert_or_assign(config.bucket, config);
}

std::vector<ObjectStoreConfig> MetadataState::stores() const {
  std::vector<ObjectStoreConfig> all;
  all.reserve(stores_.size());
  for (const auto& [bucket, config] : stores_) all.push_back(config);
  return all;
}

void MetadataState::note_lease(const std::string& location, std::uint32_t duration_ms) {
  leases_[location] = duration_ms;
}

bool MetadataState::put_last(const std::string& location) {
  bool changed = false;
  for (auto& [bucket, keys] : buckets_) {
    for (auto& [key, info] : keys) {
      if (info.copies.empty() || info.location != location) continue;
      std::swap(info.location, info.copies.front());
      std::ranges::rotate(info.copies, info.copies.begin() + 1);
      changed = true;
    }
  }
  return changed;
}

std::vector<Object> MetadataState::lacking_copies(const std::string& location,
                                                  const IsDead& is_dead, std::size_t most) const {
  std::vector<Object> lacking;
  for (const auto& [bucket, keys] : buckets_) {
    for (const auto& [key, info] : keys) {
      if (lacking.size() == most) return lacking;
      if (info.copies.empty()) continue;
      if (info.location != location &&
          std::ranges::find(info.copies, location) == info.copies.end()) {
        continue;
      }
      const auto lost = [&](const std::string& at) { return at == location || is_dead(at); };
      if (lost(info.location) && std::ranges::all_of(info.copies, lost)) {
        lacking.push_back({{bucket, key}, info});
      }
    }
  }
  return lacking;
}

Outcome<Object> MetadataState::add_copy(const Object& at_location, const std::string& copy,
                                        const IsDead& is_dead) {
  const auto object = lookup(at_location.id);
  if (!object) return object;
  const std::string& location = at_location.info.location;
  std::vector<std::string> places = object->info.copies;
  places.insert(places.begin(), object->info.location);
  if (std::ranges::find(places, location) == places.end() ||
      object->info.size_bytes != at_location.info.size_bytes) {
    return refuse(StatusCode::kNotFound, at_location.id.text() + " does not lie on " + location);
  }
  std::erase_if(places,
                [&](const std::string& at) { return at == location || at == copy || is_dead(at); });
  places.push_back(copy);
  Object changed = *object;
  changed.info.location = location;
  changed.info.copies = std::move(places);
  if (auto done = update(changed); !done) return std::unexpected(done.error());
  return changed;
}

void MetadataState::for_each(const std::function<void(const Object&)>& visit) const {
  for (const auto& [bucket, keys] : buckets_) {
    for (const auto& [key, info] : keys) visit({{bucket, key}, info});
  }
}

}  // namespace ionloom::geds
