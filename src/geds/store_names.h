#pragma once

#include <optional>
#include <string>
#include <utility>

#include "geds/object.h"
#include "store/object_name.h"

namespace ionloom::geds {

/// Where the objects of a store lie in GEDS. Under a bucket, "BUCKET/KEY" of the store is the key
/// "PREFIX/BUCKET/KEY" there, as in S3; without one, the store's buckets are GEDS's.
struct StoreRoot {
  std::string bucket;
  std::string prefix;  ///< of keys; "" or ends in '/'

  /// @param key of an object, or what keys begin with
  [[nodiscard]] ObjectId id(const std::string& store_bucket, const std::string& key) const {
    if (bucket.empty()) return {store_bucket, key};
    return {bucket, prefix + store_bucket + "/" + key};
  }
  [[nodiscard]] ObjectId id(const store::ObjectName& name) const {
    return id(name.bucket, name.key);
  }

  /// The reverse: the key in the store's bucket; nothing for another's.
  [[nodiscard]] std::optional<std::string> key_in(const std::string& store_bucket,
                                                  const ObjectId& id) const {
    const ObjectId start = this->id(store_bucket, "");
    if (id.bucket != start.bucket || !id.key.starts_with(start.key)) return std::nullopt;
    return id.key.substr(start.key.size());
  }
};

}  // namespace ionloom::geds
