#include "geds/call_rights.h"

namespace ionloom::geds {

Rights rights_of_caller(const AccessList& access, const grpc::ServerContextBase& context) {
  const auto& sent = context.client_metadata();
  const auto found = sent.find("authorization");
  if (found == sent.end()) return access.rights_of({});
  return access.rights_of({found->second.data(), found->second.size()});
}

grpc::Status unauthenticated() {
  return {grpc::StatusCode::UNAUTHENTICATED, "this server asks for a bearer token it knows"};
}

}  // namespace ionloom::geds
