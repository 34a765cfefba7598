#include "geds/change.h"

#include <tuple>

#include "geds/wire.h"

namespace ionloom::geds {
namespace {

void write(const BucketCreated& change, rpc::LogRecord& record) {
  record.set_create_bucket(change.bucket);
}
void write(const BucketDeleted& change, rpc::LogRecord& record) {
  record.set_delete_bucket(change.bucket);
}
void write(const ObjectPut& change, rpc::LogRecord& record) {
  if (change.object.info.copies.empty()) {
    to_wire(change.object, *record.mutable_put());
  } else {
    to_wire(change.object, *record.mutable_put_with_copies());
  }
}
void write(const ObjectRemoved& change, rpc::LogRecord& record) {
  to_wire(change.id, *record.mutable_remove());
}
void write(const PrefixRemoved& change, rpc::LogRecord& record) {
  to_wire(change.prefix, *record.mutable_remove_prefix());
}
void write(const StoreRegistered& change, rpc::LogRecord& record) {
  to_wire(change.config, *record.mutable_register_store());
}
void write(const LeaseNoted& change, rpc::LogRecord& record) {
  record.mutable_lease()->set_location(change.location);
  record.mutable_lease()->set_duration_ms(change.duration_ms);
}
void write(const NodePutLast& change, rpc::LogRecord& record) {
  record.set_put_last(change.location);
}
void write(const SnapshotEnd& change, rpc::LogRecord& record) {
  record.set_snapshot_end(change.records);
}

// What a change asks for was possible when it was made; on a state that already contains it the
// refusal (bucket exists, key is gone) is the same result.
void apply_to(const BucketCreated& change, MetadataState& state) {
  std::ignore = state.create_bucket(change.bucket);
}
void apply_to(const BucketDeleted& change, MetadataState& state) {
  std::ignore = state.delete_bucket(change.bucket);
}
void apply_to(const ObjectPut& change, MetadataState& state) {
  std::ignore = state.create(change.object);
}
void apply_to(const ObjectRemoved& change, MetadataState& state) {
  std::ignore = state.remove(change.id);
}
void apply_to(const PrefixRemoved& change, MetadataState& state) {
  std::ignore = state.remove_prefix(change.prefix);
}
void apply_to(const StoreRegistered& change, MetadataState& state) {
  state.register_store(change.config);
}
void apply_to(const LeaseNoted& change, MetadataState& state) {
  state.note_lease(change.location, change.duration_ms);
}
void apply_to(const NodePutLast& change, MetadataState& state) {
  std::ignore = state.put_last(change.location);
}
void apply_to(const SnapshotEnd& /*change*/, MetadataState& /*state*/) {}

}  // namespace

void apply(const Change& change, MetadataState& state) {
  std::visit([&](const auto& kind) { apply_to(kind, state); }, change);
}

std::string encode(const NumberedChange& change) {
  rpc::LogRecord record;
  record.set_sequence(change.sequence);
  std::visit([&](const auto& kind) { write(kind, record); }, change.change);
  return record.SerializeAsString();
}

Result<NumberedChange> decode_change(std::string_view bytes) {
  rpc::LogRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return data_error({}, "this is not a record of the metadata log");
  }
  NumberedChange result{record.sequence(), {}};
  switch (record.change_case()) {
    case rpc::LogRecord::kCreateBucket:
      result.change = BucketCreated{record.create_bucket()};
      return result;
    case rpc::LogRecord::kDeleteBucket:
      result.change = BucketDeleted{record.delete_bucket()};
      return result;
    case rpc::LogRecord::kPut:
      result.change = ObjectPut{from_wire(record.put())};
      return result;
    case rpc::LogRecord::kPutWithCopies:
      result.change = ObjectPut{from_wire(record.put_with_copies())};
      return result;
    case rpc::LogRecord::kRemove:
      result.change = ObjectRemoved{from_wire(record.remove())};
      return result;
    case rpc::LogRecord::kRemovePrefix:
      result.change = PrefixRemoved{from_wire(record.remove_prefix())};
      return result;
    case rpc::LogRecord::kRegisterStore:
      result.change = StoreRegistered{from_wire(record.register_store())};
      return result;
    case rpc::LogRecord::kLease:
      result.change = LeaseNoted{record.lease().location(), record.lease().duration_ms()};
      return result;
    case rpc::LogRecord::kPutLast:
      result.change = NodePutLast{record.put_last()};
      return result;
    case rpc::LogRecord::kSnapshotEnd:
      result.change = SnapshotEnd{record.snapshot_end()};
      return result;
    case rpc::LogRecord::CHANGE_NOT_SET:
      break;
  }
  return data_error({}, "a record of a kind that this version does not know");
}

}  // namespace ionloom::geds
