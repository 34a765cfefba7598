#include "geds/copy_service.h"

#include "geds/call_rights.h"
#include "geds/names.h"
#include "geds/wire.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kMostLacking = 1000;

/// Copies lie on nodes, and nowhere else.
Outcome<void> check_copies(const Object& object) {
  for (const std::string& location : object.info.copies) {
    if (const auto node = parse_node_location(location); !node) {
      return std::unexpected(node.error());
    }
  }
  return {};
}

}  // namespace

grpc::Status CopyService::Create(grpc::ServerContext* context, const rpc::PlacedObject* request,
                                 ::geds::rpc::StatusResponse* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  counters_.creates.add();
  const Timing timing(counters_.create_ns);
  const Object object = from_wire(*request);
  auto done = check_copies(object);
  if (done) done = metadata_.create(object);
  if (!done) {
    counters_.refused.add();
    to_wire(done.error(), *response);
  }
  return grpc::Status::OK;
}

grpc::Status CopyService::Lookup(grpc::ServerContext* context, const ::geds::rpc::ObjectID* request,
                                 rpc::PlacedObjectResponse* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  counters_.lookups.add();
  const Timing timing(counters_.lookup_ns);
  answer(metadata_.lookup(from_wire(*request)), *response);
  return grpc::Status::OK;
}

grpc::Status CopyService::Delete(grpc::ServerContext* context, const ::geds::rpc::ObjectID* request,
                                 rpc::PlacedObjectResponse* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  counters_.deletes.add();
  answer(metadata_.remove(from_wire(*request)), *response);
  return grpc::Status::OK;
}

grpc::Status CopyService::Lacking(grpc::ServerContext* context, const rpc::LackingRequest* request,
                                  rpc::PlacedObjects* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  for (const Object& object : metadata_.lacking_copies(request->location(), kMostLacking)) {
    to_wire(object, *response->add_object());
  }
  return grpc::Status::OK;
}

grpc::Status CopyService::AddCopy(grpc::ServerContext* context, const rpc::PlacedObject* request,
                                  ::geds::rpc::StatusResponse* response) {
  if (!rights_of_caller(access_, *context).call) return unauthenticated();
  const Object object = from_wire(*request);
  auto done = check_copies(object);
  if (done && object.info.copies.size() != 1) {
    done = refuse(StatusCode::kInvalidArgument, "AddCopy names one new copy");
  }
  if (done) done = metadata_.add_copy(object, object.info.copies.front());
  if (!done) {
    counters_.refused.add();
    to_wire(done.error(), *response);
  }
  return grpc::Status::OK;
}

void CopyService::answer(const Outcome<Object>& object, rpc::PlacedObjectResponse& response) {
  if (object) {
    to_wire(*object, *response.mutable_result());
  } else {
    counters_.refused.add();
    to_wire(object.error(), *response.mutable_error());
  }
}

}  // namespace ionloom::geds
