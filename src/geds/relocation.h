#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "geds/relocation_tier.h"
#include "geds/status.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// What became of a node's objects that were to go to S3.
struct Relocated {
  std::uint64_t objects = 0;  ///< that lie in S3 now
  std::uint64_t bytes = 0;    ///< in these
  std::uint64_t stayed = 0;   ///< that could not go
  std::optional<Status> why;  ///< the first of them stayed
};

/// Moves the objects of a bucket that `objects` holds into S3, one after the other, in pieces. An
/// object is there, and the metadata says so, before it leaves.
void relocate_bucket(const std::string& bucket, store::ObjectStore& objects, RelocationTier& s3,
                     Relocated& result);

}  // namespace ionloom::geds
