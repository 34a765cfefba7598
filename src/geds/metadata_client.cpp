#include "geds/metadata_client.h"

#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "geds.grpc.pb.h"
#include "geds/rpc_call.h"
#include "geds/wire.h"
#include "ionloom_geds.grpc.pb.h"

namespace ionloom::geds {
namespace {

/// A server that is told of an S3 store lists all that lies in it before it answers.
constexpr std::chrono::minutes kListingPatience{10};

wire::Bucket named(const std::string& bucket) {
  wire::Bucket request;
  request.set_bucket(bucket);
  return request;
}

/// A value as a message of the wire.
template <class Message, class Value>
Message as(const Value& value) {
  Message message;
  to_wire(value, message);
  return message;
}

}  // namespace

struct MetadataClient::Parts {
  std::string server;
  Access access;
  std::unique_ptr<wire::MetadataService::Stub> stub;
  std::unique_ptr<rpc::NodeLeases::Stub> leases;
  std::unique_ptr<rpc::ObjectCopies::Stub> copies;
  std::atomic<bool> has_copies =
      true;  ///< false once the server has said that it does not know any

  std::mutex mutex;
  std::set<grpc::ClientContext*> watching;
  bool stopped = false;

  template <class Call>
  Outcome<void> call(const Call& make) const {
    return call_once(access, server, make);
  }

  /// A call whose answer is a StatusResponse.
  template <class Call>
  Outcome<void> change(const Call& make) const {
    wire::StatusResponse response;
    auto done = call([&](grpc::ClientContext* context) { return make(context, &response); });
    return done ? outcome_of(response) : done;
  }

  /// A call about an object and its copies. UNIMPLEMENTED when the server is IBM's.
  template <class Call>
  Outcome<Object> about_copies(const Call& make) {
    if (!has_copies) return refuse(StatusCode::kUnimplemented, server + " knows no copies");
    rpc::PlacedObjectResponse response;
    auto done = call([&](grpc::ClientContext* context) { return make(context, &response); });
    if (done) done = outcome_in(response);
    if (done) return from_wire(response.result());
    if (done.error().code == StatusCode::kUnimplemented) has_copies = false;
    return std::unexpected(done.error());
  }
};

MetadataClient::MetadataClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

MetadataClient::~MetadataClient() = default;

Result<std::unique_ptr<MetadataClient>> MetadataClient::make(const std::string& server,
                                                             const Access& access) {
  const auto channel = open_channel(server, access);
  if (!channel) return std::unexpected(channel.error());
  auto parts = std::make_unique<Parts>();
  parts->server = "metadata server " + server;
  parts->access = access;
  parts->stub = wire::MetadataService::NewStub(*channel);
  parts->leases = rpc::NodeLeases::NewStub(*channel);
  parts->copies = rpc::ObjectCopies::NewStub(*channel);
  return std::unique_ptr<MetadataClient>(new MetadataClient(std::move(parts)));
}

Outcome<std::string> MetadataClient::own_address() {
  wire::ConnectionInformation response;
  auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->stub->GetConnectionInformation(context, {}, &response);
  });
  if (done) done = outcome_in(response);
  if (!done) return std::unexpected(done.error());
  return response.remoteaddress();
}

Outcome<void> MetadataClient::ensure_bucket(const std::string& bucket) {
  auto done = parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->CreateBucket(context, named(bucket), response);
  });
  if (!done && done.error().code == StatusCode::kAlreadyExists) return {};
  return done;
}

Outcome<void> MetadataClient::delete_bucket(const std::string& bucket) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->DeleteBucket(context, named(bucket), response);
  });
}

Outcome<void> MetadataClient::lookup_bucket(const std::string& bucket) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->LookupBucket(context, named(bucket), response);
  });
}

Outcome<std::vector<std::string>> MetadataClient::buckets() {
  wire::BucketListResponse response;
  auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->stub->ListBuckets(context, {}, &response);
  });
  if (done) done = outcome_in(response);
  if (!done) return std::unexpected(done.error());
  return std::vector<std::string>(response.results().begin(), response.results().end());
}

Outcome<void> MetadataClient::create(const Object& object) {
  if (!object.info.copies.empty()) {
    return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
      return parts_->copies->Create(context, as<rpc::PlacedObject>(object), response);
    });
  }
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->Create(context, as<wire::Object>(object), response);
  });
}

Outcome<void> MetadataClient::update(const Object& object) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->Update(context, as<wire::Object>(object), response);
  });
}

Outcome<Object> MetadataClient::remove(const ObjectId& id) {
  auto removed = parts_->about_copies([&](auto* context, auto* response) {
    return parts_->copies->Delete(context, as<wire::ObjectID>(id), response);
  });
  if (removed || removed.error().code != StatusCode::kUnimplemented) return removed;
  const auto object = lookup(id);
  const auto done =
      parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
        return parts_->stub->Delete(context, as<wire::ObjectID>(id), response);
      });
  if (!done) return std::unexpected(done.error());
  return object.value_or(Object{id, {}});
}

Outcome<void> MetadataClient::remove_prefix(const ObjectId& id) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->DeletePrefix(context, as<wire::ObjectID>(id), response);
  });
}

Outcome<Object> MetadataClient::lookup(const ObjectId& id) {
  wire::ObjectResponse response;
  auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->stub->Lookup(context, as<wire::ObjectID>(id), &response);
  });
  if (done) done = outcome_in(response);
  if (!done) return std::unexpected(done.error());
  return from_wire(response.result());
}

Outcome<Object> MetadataClient::lookup_with_copies(const ObjectId& id) {
  auto found = parts_->about_copies([&](auto* context, auto* response) {
    return parts_->copies->Lookup(context, as<wire::ObjectID>(id), response);
  });
  if (found || found.error().code != StatusCode::kUnimplemented) return found;
  return lookup(id);
}

Outcome<std::vector<Object>> MetadataClient::lacking_copies(const std::string& location) {
  rpc::LackingRequest request;
  request.set_location(location);
  rpc::PlacedObjects response;
  const auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->copies->Lacking(context, request, &response);
  });
  if (!done) return std::unexpected(done.error());
  std::vector<Object> objects;
  for (const rpc::PlacedObject& object : response.object()) objects.push_back(from_wire(object));
  return objects;
}

Outcome<void> MetadataClient::add_copy(const Object& object) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->copies->AddCopy(context, as<rpc::PlacedObject>(object), response);
  });
}

Outcome<Listing> MetadataClient::list(const ObjectId& prefix, char delimiter) {
  wire::ObjectListRequest request;
  to_wire(prefix, *request.mutable_prefix());
  if (delimiter != 0) request.set_delimiter(static_cast<unsigned char>(delimiter));
  wire::ObjectListResponse response;
  auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->stub->List(context, request, &response);
  });
  if (done) done = outcome_in(response);
  if (!done) return std::unexpected(done.error());
  Listing listing;
  for (const wire::Object& object : response.results()) {
    listing.objects.push_back(from_wire(object));
  }
  listing.common_prefixes.assign(response.commonprefixes().begin(),
                                 response.commonprefixes().end());
  return listing;
}

Outcome<void> MetadataClient::register_store(const ObjectStoreConfig& config) {
  wire::StatusResponse response;
  Access access = parts_->access;
  access.patience = kListingPatience;
  const auto done = call_once(access, parts_->server, [&](grpc::ClientContext* context) {
    return parts_->stub->RegisterObjectStore(context, as<wire::ObjectStoreConfig>(config),
                                             &response);
  });
  return done ? outcome_of(response) : done;
}

Outcome<std::vector<ObjectStoreConfig>> MetadataClient::stores() {
  wire::AvailableObjectStoreConfigs response;
  auto done = parts_->call([&](grpc::ClientContext* context) {
    return parts_->stub->ListObjectStores(context, {}, &response);
  });
  if (!done) return std::unexpected(done.error());
  std::vector<ObjectStoreConfig> stores;
  for (const wire::ObjectStoreConfig& config : response.mappings()) {
    stores.push_back(from_wire(config));
  }
  return stores;
}

Outcome<void> MetadataClient::subscribe(const Subscription& subscription) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->Subscribe(context, as<wire::SubscriptionEvent>(subscription), response);
  });
}

Outcome<void> MetadataClient::unsubscribe(const Subscription& subscription) {
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->stub->Unsubscribe(context, as<wire::SubscriptionEvent>(subscription), response);
  });
}

Outcome<void> MetadataClient::watch(const std::string& subscriber,
                                    const std::function<void()>& ready,
                                    const std::function<bool(const Event&)>& take) {
  wire::SubscriptionStreamEvent request;
  request.set_subscriberid(subscriber);
  grpc::ClientContext context;
  sign(context, parts_->access);
  {
    const std::scoped_lock lock(parts_->mutex);
    if (parts_->stopped) return {};
    parts_->watching.insert(&context);
  }
  const auto stream = parts_->stub->SubscribeStream(&context, request);
  // Ours says at once that the stream stands; IBM's says nothing before the first event, so a
  // caller that must not miss one waits for this only with a server of ours.
  stream->WaitForInitialMetadata();
  ready();
  wire::SubscriptionStreamResponse response;
  bool wanted = true;
  while (wanted && stream->Read(&response)) {
    wanted =
        take({static_cast<Publication>(response.publicationtype()), from_wire(response.object())});
  }
  if (!wanted) context.TryCancel();
  const grpc::Status status = stream->Finish();
  const std::scoped_lock lock(parts_->mutex);
  parts_->watching.erase(&context);
  if (!wanted || parts_->stopped) return {};
  return carried(status, parts_->server);
}

void MetadataClient::stop_watching() {
  const std::scoped_lock lock(parts_->mutex);
  parts_->stopped = true;
  for (grpc::ClientContext* context : parts_->watching) context->TryCancel();
}

Outcome<void> MetadataClient::renew_lease(const std::string& location,
                                          std::chrono::milliseconds duration, bool started) {
  rpc::LeaseRequest request;
  request.set_started(started);
  request.set_location(location);
  request.set_duration_ms(static_cast<std::uint32_t>(duration.count()));
  return parts_->change([&](grpc::ClientContext* context, wire::StatusResponse* response) {
    return parts_->leases->Renew(context, request, response);
  });
}

Outcome<std::vector<std::string>> MetadataClient::live_nodes() {
  rpc::LiveNodes response;
  const auto done = parts_->call(
      [&](grpc::ClientContext* context) { return parts_->leases->List(context, {}, &response); });
  if (!done) return std::unexpected(done.error());
  return std::vector<std::string>(response.location().begin(), response.location().end());
}

}  // namespace ionloom::geds
