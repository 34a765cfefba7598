#pragma once

#include <map>
#include <set>
#include <string>

#include "store/object_store.h"

namespace ionloom::store {

/// Collects the keys of a bucket, in any order and some twice, into the answer to a query.
class ListingDraft {
 public:
  explicit ListingDraft(const ListQuery& query) : query_(query) {}

  void add(const std::string& key, std::uint64_t size_bytes) {
    if (!key.starts_with(query_.prefix)) return;
    if (query_.delimiter) {
      const std::size_t found = key.find(*query_.delimiter, query_.prefix.size());
      if (found != std::string::npos) {
        prefixes_.insert(key.substr(0, found + 1));
        return;
      }
    }
    objects_.emplace(key, size_bytes);
  }

  /// What another place answered to the same query.
  void add(const Listing& other) {
    for (const ListedObject& object : other.objects) {
      objects_.emplace(object.key, object.size_bytes);
    }
    prefixes_.insert(other.common_prefixes.begin(), other.common_prefixes.end());
  }

  [[nodiscard]] Listing finish() const {
    Listing listing;
    for (const auto& [key, size_bytes] : objects_) listing.objects.push_back({key, size_bytes});
    listing.common_prefixes.assign(prefixes_.begin(), prefixes_.end());
    return listing;
  }

 private:
  const ListQuery& query_;
  std::map<std::string, std::uint64_t> objects_;
  std::set<std::string> prefixes_;
};

/// Whether bucket and prefix may be used.
[[nodiscard]] inline Outcome<void> check_query(const ListQuery& query) {
  if (auto checked = check_bucket(query.bucket); !checked) return checked;
  return check_prefix(query.prefix);
}

}  // namespace ionloom::store
