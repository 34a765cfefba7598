#pragma once

#include "geds.pb.h"
#include "geds/object.h"
#include "geds/status.h"
#include "geds/subscriptions.h"
#include "ionloom_geds.pb.h"

/// Between the protocol's messages and our values. Only the .cpp files of this room that speak gRPC
/// or write the metadata log include this.
namespace ionloom::geds {

namespace wire = ::geds::rpc;

[[nodiscard]] ObjectId from_wire(const wire::ObjectID& message);
[[nodiscard]] Object from_wire(const wire::Object& message);
[[nodiscard]] Object from_wire(const rpc::PlacedObject& message);
[[nodiscard]] ObjectStoreConfig from_wire(const wire::ObjectStoreConfig& message);
[[nodiscard]] Subscription from_wire(const wire::SubscriptionEvent& message);

void to_wire(const ObjectId& id, wire::ObjectID& message);
/// GEDS's message has no place for copies.
void to_wire(const Object& object, wire::Object& message);
void to_wire(const Object& object, rpc::PlacedObject& message);
void to_wire(const ObjectStoreConfig& config, wire::ObjectStoreConfig& message);
void to_wire(const Status& status, wire::StatusResponse& message);
void to_wire(const Subscription& subscription, wire::SubscriptionEvent& message);

/// What a StatusResponse says: success, or the failure.
[[nodiscard]] Outcome<void> outcome_of(const wire::StatusResponse& message);

/// An answer that has an optional `error`: the failure, if it carries one.
template <class Response>
[[nodiscard]] Outcome<void> outcome_in(const Response& response) {
  if (!response.has_error()) return {};
  return outcome_of(response.error());
}

}  // namespace ionloom::geds
