#pragma once

#include <chrono>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "base/error.h"
#include "geds/metadata_client.h"
#include "geds/status.h"

/// What all gRPC calls of this room share; for its .cpp files that make calls.
namespace ionloom::geds {

/// A channel that looks for a lost server again within half a second.
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> open_channel(const std::string& server,
                                                                  const Access& access);

/// Who calls; and how long, when the call has an end.
void sign(grpc::ClientContext& context, const Access& access);

/// gRPC's own failures. A deadline passed is UNAVAILABLE: the server did not answer.
[[nodiscard]] Outcome<void> carried(const grpc::Status& status, const std::string& server);

/// One call with one answer.
/// @param call (context) -> grpc::Status
template <class Call>
[[nodiscard]] Outcome<void> call_once(const Access& access, const std::string& server,
                                      const Call& call) {
  grpc::ClientContext context;
  sign(context, access);
  context.set_deadline(std::chrono::system_clock::now() + access.patience);
  return carried(call(&context), server);
}

}  // namespace ionloom::geds
