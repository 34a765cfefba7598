#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "geds/access.h"

namespace ionloom::geds {

/// What the token of a call, if it has one, lets its caller do.
[[nodiscard]] Rights rights_of_caller(const AccessList& access,
                                      const grpc::ServerContextBase& context);

/// The answer to a caller without a right to call.
[[nodiscard]] grpc::Status unauthenticated();

}  // namespace ionloom::geds
