#pragma once

#include <optional>
#include <utility>

#include <grpcpp/support/status.h>

#include "geds.grpc.pb.h"
#include "geds/access.h"
#include "geds/event_log.h"
#include "geds/metadata.h"
#include "geds/metrics.h"
#include "ionloom_geds.grpc.pb.h"

namespace ionloom::geds {

/// Counters with the names of IBM's Go metadata server, which its dashboard shows.
struct MetadataCounters {
  explicit MetadataCounters(Metrics& metrics);

  Counter& creates;
  Counter& lookups;
  Counter& updates;
  Counter& deletes;
  Counter& lists;
  Counter& refused;
  Histogram& create_ns;  ///< from the call's arrival to its answer, durable where it must be
  Histogram& lookup_ns;
  Histogram& list_ns;
};

/// The calls of geds.rpc.MetadataService on a Metadata. Failures travel in the answer; gRPC's own
/// status is OK, except UNAUTHENTICATED for a caller without a right to call.
class MetadataService final
    : public ::geds::rpc::MetadataService::WithCallbackMethod_SubscribeStream<
          ::geds::rpc::MetadataService::Service> {
 public:
  /// @param events is told of callers that were turned away
  MetadataService(Metadata& metadata, const AccessList& access, MetadataCounters& counters,
                  EventLog events)
      : metadata_(metadata), access_(access), counters_(counters), events_(std::move(events)) {}

  using Context = grpc::ServerContext;
  using StatusResponse = ::geds::rpc::StatusResponse;

  grpc::Status GetConnectionInformation(Context* context, const ::geds::rpc::EmptyParams* request,
                                        ::geds::rpc::ConnectionInformation* response) override;
  grpc::Status RegisterObjectStore(Context* context, const ::geds::rpc::ObjectStoreConfig* request,
                                   StatusResponse* response) override;
  grpc::Status ListObjectStores(Context* context, const ::geds::rpc::EmptyParams* request,
                                ::geds::rpc::AvailableObjectStoreConfigs* response) override;
  grpc::Status CreateBucket(Context* context, const ::geds::rpc::Bucket* request,
                            StatusResponse* response) override;
  grpc::Status DeleteBucket(Context* context, const ::geds::rpc::Bucket* request,
                            StatusResponse* response) override;
  grpc::Status ListBuckets(Context* context, const ::geds::rpc::EmptyParams* request,
                           ::geds::rpc::BucketListResponse* response) override;
  grpc::Status LookupBucket(Context* context, const ::geds::rpc::Bucket* request,
                            StatusResponse* response) override;
  grpc::Status Create(Context* context, const ::geds::rpc::Object* request,
                      StatusResponse* response) override;
  grpc::Status Update(Context* context, const ::geds::rpc::Object* request,
                      StatusResponse* response) override;
  grpc::Status Delete(Context* context, const ::geds::rpc::ObjectID* request,
                      StatusResponse* response) override;
  grpc::Status DeletePrefix(Context* context, const ::geds::rpc::ObjectID* request,
                            StatusResponse* response) override;
  grpc::Status Lookup(Context* context, const ::geds::rpc::ObjectID* request,
                      ::geds::rpc::ObjectResponse* response) override;
  grpc::Status List(Context* context, const ::geds::rpc::ObjectListRequest* request,
                    ::geds::rpc::ObjectListResponse* response) override;
  grpc::Status Subscribe(Context* context, const ::geds::rpc::SubscriptionEvent* request,
                         StatusResponse* response) override;
  grpc::Status Unsubscribe(Context* context, const ::geds::rpc::SubscriptionEvent* request,
                           StatusResponse* response) override;
  grpc::ServerWriteReactor<::geds::rpc::SubscriptionStreamResponse>* SubscribeStream(
      grpc::CallbackServerContext* context,
      const ::geds::rpc::SubscriptionStreamEvent* request) override;

 private:
  /// What a caller without rights gets; nothing for others.
  [[nodiscard]] std::optional<grpc::Status> denied(const grpc::ServerContextBase& context);
  grpc::Status answer(const Outcome<void>& outcome, StatusResponse& response);

  Metadata& metadata_;
  const AccessList& access_;
  MetadataCounters& counters_;
  EventLog events_;
};

/// Lease renewals of ionloom's own nodes.
class LeaseService final : public rpc::NodeLeases::Service {
 public:
  LeaseService(Metadata& metadata, const AccessList& access)
      : metadata_(metadata), access_(access) {}

  grpc::Status Renew(grpc::ServerContext* context, const rpc::LeaseRequest* request,
                     ::geds::rpc::StatusResponse* response) override;
  grpc::Status List(grpc::ServerContext* context, const ::geds::rpc::EmptyParams* request,
                    rpc::LiveNodes* response) override;

 private:
  Metadata& metadata_;
  const AccessList& access_;
};

}  // namespace ionloom::geds
