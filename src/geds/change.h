#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "geds/metadata_state.h"
#include "geds/object.h"

namespace ionloom::geds {

struct BucketCreated {
  std::string bucket;
};
struct BucketDeleted {
  std::string bucket;
};
struct ObjectPut {  ///< created or updated
  Object object;
};
struct ObjectRemoved {
  ObjectId id;
};
struct PrefixRemoved {
  ObjectId prefix;
};
struct StoreRegistered {
  ObjectStoreConfig config;
};
struct LeaseNoted {  ///< a node holds leases of this length; 0: it left in good order
  std::string location;
  std::uint32_t duration_ms = 0;
};
struct NodePutLast {  ///< see MetadataState::put_last()
  std::string location;
};
struct SnapshotEnd {  ///< last record of a snapshot
  std::uint64_t records = 0;
};

/// One change of a MetadataState that was carried out; the metadata log is a list of these.
using Change = std::variant<BucketCreated, BucketDeleted, ObjectPut, ObjectRemoved, PrefixRemoved,
                            StoreRegistered, LeaseNoted, NodePutLast, SnapshotEnd>;

/// A change and its place in the history, counted from 1.
struct NumberedChange {
  std::uint64_t sequence = 0;
  Change change;
};

/// Carries the change out once more. What it asks for may be done already.
void apply(const Change& change, MetadataState& state);

/// As bytes: a protobuf LogRecord (src/geds/proto/ionloom_geds.proto).
[[nodiscard]] std::string encode(const NumberedChange& change);

/// kData when the bytes are no record, or one of a newer version.
[[nodiscard]] Result<NumberedChange> decode_change(std::string_view bytes);

}  // namespace ionloom::geds
