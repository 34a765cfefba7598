#pragma once

#include "geds/access.h"
#include "geds/metadata.h"
#include "geds/metadata_service.h"
#include "ionloom_geds.grpc.pb.h"

namespace ionloom::geds {

/// The calls about objects that lie on more than one node: MetadataService's own of these names,
/// with the copies. They count as those.
class CopyService final : public rpc::ObjectCopies::Service {
 public:
  CopyService(Metadata& metadata, const AccessList& access, MetadataCounters& counters)
      : metadata_(metadata), access_(access), counters_(counters) {}

  grpc::Status Create(grpc::ServerContext* context, const rpc::PlacedObject* request,
                      ::geds::rpc::StatusResponse* response) override;
  grpc::Status Lookup(grpc::ServerContext* context, const ::geds::rpc::ObjectID* request,
                      rpc::PlacedObjectResponse* response) override;
  grpc::Status Delete(grpc::ServerContext* context, const ::geds::rpc::ObjectID* request,
                      rpc::PlacedObjectResponse* response) override;

  grpc::Status Lacking(grpc::ServerContext* context, const rpc::LackingRequest* request,
                       rpc::PlacedObjects* response) override;
  grpc::Status AddCopy(grpc::ServerContext* context, const rpc::PlacedObject* request,
                       ::geds::rpc::StatusResponse* response) override;

 private:
  /// The object, or why there is none.
  void answer(const Outcome<Object>& object, rpc::PlacedObjectResponse& response);

  Metadata& metadata_;
  const AccessList& access_;
  MetadataCounters& counters_;
};

}  // namespace ionloom::geds
