#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ionloom::geds {

/// Name of an object. Buckets are flat; keys may contain '/'.
struct ObjectId {
  std::string bucket;
  std::string key;

  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;

  [[nodiscard]] std::string text() const { return bucket + "/" + key; }
};

/// What the metadata service knows of an object.
struct ObjectInfo {
  std::string location;            ///< "geds://host:port" of the node with the bytes, or "s3://..."
  std::uint64_t size_bytes = 0;    ///< bytes of the object
  std::uint64_t sealed_bytes = 0;  ///< how many of them are sealed: all, once it is registered
  std::optional<std::string> metadata;  ///< the writer's own bytes
  /// Locations of further nodes that hold the same bytes. GEDS's own messages do not carry them.
  std::vector<std::string> copies = {};

  friend bool operator==(const ObjectInfo&, const ObjectInfo&) = default;
};

struct Object {
  ObjectId id;
  ObjectInfo info;

  friend bool operator==(const Object&, const Object&) = default;
};

/// The S3 bucket that stands behind a bucket, and how to reach it.
struct ObjectStoreConfig {
  std::string bucket;
  std::string endpoint_url;
  std::string access_key;
  std::string secret_key;

  friend bool operator==(const ObjectStoreConfig&, const ObjectStoreConfig&) = default;
};

}  // namespace ionloom::geds
