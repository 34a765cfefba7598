#include "geds/metadata_service.h"

#include <string>
#include <string_view>

#include "geds/call_rights.h"
#include "geds/event_stream.h"
#include "geds/names.h"
#include "geds/s3_stores.h"
#include "geds/wire.h"

namespace ionloom::geds {
namespace {

/// The address in "ipv4:10.0.0.1:5000" or "ipv6:%5B::1%5D:5000", IPv6 in brackets.
Outcome<std::string> address_of(std::string_view peer) {
  const auto scheme = peer.find(':');
  const auto port = peer.rfind(':');
  if ((peer.starts_with("ipv4:") || peer.starts_with("ipv6:")) && port > scheme) {
    std::string address(peer.substr(scheme + 1, port - scheme - 1));
    if (address.starts_with("%5B") && address.ends_with("%5D")) {
      address = "[" + address.substr(3, address.size() - 6) + "]";
    }
    return address;
  }
  return refuse(StatusCode::kUnknown, std::string(peer) + " is not the address of a machine");
}

}  // namespace

MetadataCounters::MetadataCounters(Metrics& metrics)
    : creates(metrics.counter("geds_mds_go_mds_create_objects_total", "Create calls")),
      lookups(metrics.counter("geds_mds_go_mds_lookup_objects_total", "Lookup calls")),
      updates(metrics.counter("geds_mds_go_mds_update_objects_total", "Update calls")),
      deletes(metrics.counter("geds_mds_go_mds_delete_objects_total", "Delete calls")),
      lists(metrics.counter("geds_mds_go_mds_list_objects_total", "List calls")),
      refused(metrics.counter("ionloom_geds_refused_calls_total",
                              "Calls answered with a status other than OK")),
      create_ns(metrics.histogram("ionloom_geds_create_ns", "Nanoseconds of a Create")),
      lookup_ns(metrics.histogram("ionloom_geds_lookup_ns", "Nanoseconds of a Lookup")),
      list_ns(metrics.histogram("ionloom_geds_list_ns", "Nanoseconds of a List")) {}

std::optional<grpc::Status> MetadataService::denied(const grpc::ServerContextBase& context) {
  if (rights_of_caller(access_, context).call) return {};
  events_.warning("caller_denied", {{"caller", context.peer()}});
  counters_.refused.add();
  return unauthenticated();
}

grpc::Status MetadataService::answer(const Outcome<void>& outcome, StatusResponse& response) {
  if (!outcome) {
    events_.debug("refused",
                  {{"status", name_of(outcome.error().code)}, {"reason", outcome.error().message}});
    counters_.refused.add();
    to_wire(outcome.error(), response);
  }
  return grpc::Status::OK;
}

grpc::Status MetadataService::GetConnectionInformation(
    Context* context, const ::geds::rpc::EmptyParams* /*request*/,
    ::geds::rpc::ConnectionInformation* response) {
  if (auto no = denied(*context)) return *no;
  if (const auto address = address_of(context->peer())) {
    response->set_remoteaddress(*address);
  } else {
    to_wire(address.error(), *response->mutable_error());
  }
  return grpc::Status::OK;
}

grpc::Status MetadataService::RegisterObjectStore(Context* context,
                                                  const ::geds::rpc::ObjectStoreConfig* request,
                                                  StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  const ObjectStoreConfig config = from_wire(*request);
  const auto found = list_s3_store(config);
  if (!found) return answer(std::unexpected(found.error()), *response);
  return answer(metadata_.register_store(config, *found), *response);
}

grpc::Status MetadataService::ListObjectStores(Context* context,
                                               const ::geds::rpc::EmptyParams* /*request*/,
                                               ::geds::rpc::AvailableObjectStoreConfigs* response) {
  if (auto no = denied(*context)) return *no;
  const bool secrets = rights_of_caller(access_, *context).see_secrets;
  for (ObjectStoreConfig config : metadata_.stores()) {
    if (!secrets) config.access_key = config.secret_key = "";
    to_wire(config, *response->add_mappings());
  }
  return grpc::Status::OK;
}

grpc::Status MetadataService::CreateBucket(Context* context, const ::geds::rpc::Bucket* request,
                                           StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  return answer(metadata_.create_bucket(request->bucket()), *response);
}

grpc::Status MetadataService::DeleteBucket(Context* context, const ::geds::rpc::Bucket* request,
                                           StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  return answer(metadata_.delete_bucket(request->bucket()), *response);
}

grpc::Status MetadataService::ListBuckets(Context* context,
                                          const ::geds::rpc::EmptyParams* /*request*/,
                                          ::geds::rpc::BucketListResponse* response) {
  if (auto no = denied(*context)) return *no;
  for (const std::string& bucket : metadata_.buckets()) response->add_results(bucket);
  return grpc::Status::OK;
}

grpc::Status MetadataService::LookupBucket(Context* context, const ::geds::rpc::Bucket* request,
                                           StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  return answer(metadata_.lookup_bucket(request->bucket()), *response);
}

grpc::Status MetadataService::Create(Context* context, const ::geds::rpc::Object* request,
                                     StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.creates.add();
  const Timing timing(counters_.create_ns);
  return answer(metadata_.create(from_wire(*request)), *response);
}

grpc::Status MetadataService::Update(Context* context, const ::geds::rpc::Object* request,
                                     StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.updates.add();
  return answer(metadata_.update(from_wire(*request)), *response);
}

grpc::Status MetadataService::Delete(Context* context, const ::geds::rpc::ObjectID* request,
                                     StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.deletes.add();
  const auto removed = metadata_.remove(from_wire(*request));
  if (!removed) return answer(std::unexpected(removed.error()), *response);
  return grpc::Status::OK;
}

grpc::Status MetadataService::DeletePrefix(Context* context, const ::geds::rpc::ObjectID* request,
                                           StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.deletes.add();
  return answer(metadata_.remove_prefix(from_wire(*request)), *response);
}

grpc::Status MetadataService::Lookup(Context* context, const ::geds::rpc::ObjectID* request,
                                     ::geds::rpc::ObjectResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.lookups.add();
  const Timing timing(counters_.lookup_ns);
  const auto object = metadata_.lookup(from_wire(*request));
  if (!object) {
    return answer(std::unexpected(object.error()), *response->mutable_error());
  }
  to_wire(*object, *response->mutable_result());
  return grpc::Status::OK;
}

grpc::Status MetadataService::List(Context* context, const ::geds::rpc::ObjectListRequest* request,
                                   ::geds::rpc::ObjectListResponse* response) {
  if (auto no = denied(*context)) return *no;
  counters_.lists.add();
  const Timing timing(counters_.list_ns);
  const auto listing =
      metadata_.list(from_wire(request->prefix()), static_cast<char>(request->delimiter()));
  if (!listing) {
    return answer(std::unexpected(listing.error()), *response->mutable_error());
  }
  for (const Object& object : listing->objects) to_wire(object, *response->add_results());
  for (const std::string& prefix : listing->common_prefixes) response->add_commonprefixes(prefix);
  return grpc::Status::OK;
}

grpc::Status MetadataService::Subscribe(Context* context,
                                        const ::geds::rpc::SubscriptionEvent* request,
                                        StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  return answer(metadata_.publisher().subscribe(from_wire(*request)), *response);
}

grpc::Status MetadataService::Unsubscribe(Context* context,
                                          const ::geds::rpc::SubscriptionEvent* request,
                                          StatusResponse* response) {
  if (auto no = denied(*context)) return *no;
  return answer(metadata_.publisher().unsubscribe(from_wire(*request)), *response);
}

grpc::ServerWriteReactor<::geds::rpc::SubscriptionStreamResponse>* MetadataService::SubscribeStream(
    grpc::CallbackServerContext* context, const ::geds::rpc::SubscriptionStreamEvent* request) {
  if (auto no = denied(*context)) return EventStream::refused(metadata_.publisher(), *no);
  return EventStream::open(metadata_.publisher(), request->subscriberid());
}

grpc::Status LeaseService::Renew(grpc::ServerContext* context, const rpc::LeaseRequest* request,
                                 ::geds::rpc::StatusResponse* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  if (const auto node = parse_node_location(request->location()); !node) {
    to_wire(node.error(), *response);
    return grpc::Status::OK;
  }
  const auto renewed = metadata_.renew_lease(
      request->location(), std::chrono::milliseconds(request->duration_ms()), request->started());
  if (!renewed) to_wire(renewed.error(), *response);
  return grpc::Status::OK;
}

grpc::Status LeaseService::List(grpc::ServerContext* context,
                                const ::geds::rpc::EmptyParams* /*request*/,
                                rpc::LiveNodes* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  for (const std::string& location : metadata_.live_nodes()) response->add_location(location);
  return grpc::Status::OK;
}

}  // namespace ionloom::geds
