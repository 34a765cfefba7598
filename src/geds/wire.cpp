#include "geds/wire.h"

namespace ionloom::geds {

ObjectId from_wire(const wire::ObjectID& message) {
  return {message.bucket(), message.key()};
}

Object from_wire(const wire::Object& message) {
  Object object{from_wire(message.id()),
                {message.info().location(), message.info().size(), message.info().sealedoffset(),
                 std::nullopt}};
  if (message.info().has_metadata()) object.info.metadata = message.info().metadata();
  return object;
}

Object from_wire(const rpc::PlacedObject& message) {
  Object object = from_wire(message.object());
  object.info.copies.assign(message.copy().begin(), message.copy().end());
  return object;
}

ObjectStoreConfig from_wire(const wire::ObjectStoreConfig& message) {
  return {message.bucket(), message.endpointurl(), message.accesskey(), message.secretkey()};
}

Subscription from_wire(const wire::SubscriptionEvent& message) {
  return {static_cast<SubscriptionKind>(message.subscriptiontype()), message.subscriberid(),
          message.bucketid(), message.key()};
}

void to_wire(const ObjectId& id, wire::ObjectID& message) {
  message.set_bucket(id.bucket);
  message.set_key(id.key);
}

void to_wire(const Object& object, wire::Object& message) {
  to_wire(object.id, *message.mutable_id());
  wire::ObjectInfo& info = *message.mutable_info();
  info.set_location(object.info.location);
  info.set_size(object.info.size_bytes);
  info.set_sealedoffset(object.info.sealed_bytes);
  if (object.info.metadata) info.set_metadata(*object.info.metadata);
}

void to_wire(const Object& object, rpc::PlacedObject& message) {
  to_wire(object, *message.mutable_object());
  for (const std::string& location : object.info.copies) message.add_copy(location);
}

void to_wire(const ObjectStoreConfig& config, wire::ObjectStoreConfig& message) {
  message.set_bucket(config.bucket);
  message.set_endpointurl(config.endpoint_url);
  message.set_accesskey(config.access_key);
  message.set_secretkey(config.secret_key);
}

void to_wire(const Status& status, wire::StatusResponse& message) {
  message.set_code(static_cast<wire::StatusCode>(status.code));
  message.set_message(status.message);
}

void to_wire(const Subscription& subscription, wire::SubscriptionEvent& message) {
  message.set_subscriptiontype(static_cast<wire::SubscriptionType>(subscription.kind));
  message.set_subscriberid(subscription.subscriber);
  message.set_bucketid(subscription.bucket);
  message.set_key(subscription.key);
}

Outcome<void> outcome_of(const wire::StatusResponse& message) {
  const StatusCode code = status_code(message.code());
  if (code == StatusCode::kOk) return {};
  return refuse(code, message.message());
}

}  // namespace ionloom::geds
