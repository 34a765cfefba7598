#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "store/object_store.h"

namespace ionloom::store {

/// Bounds of the stores that have one.
struct StoreLimits {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;                       ///< memory:, shared:
  std::uint64_t disk_bytes = std::numeric_limits<std::uint64_t>::max() / 2;  ///< file:
};

/// The store that a URL names:
/// - memory:                     this process's memory
/// - shared:/dev/shm/FOLDER      memory that the node's processes share
/// - file:/FOLDER                a folder of a local disk, made if needed
/// - s3://BUCKET[/PREFIX]        S3, with AWS's chain of credentials;
///   ?endpoint=http://HOST:PORT  another service than Amazon's, &region=NAME, and
///   &checksums=none, S3Options::checksums
/// kBadName for anything else. geds: is not known here: geds/ opens it, and passes the rest on.
[[nodiscard]] Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url,
                                                               const StoreLimits& limits = {});

}  // namespace ionloom::store
