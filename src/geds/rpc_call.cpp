#include "geds/rpc_call.h"

#include <grpcpp/create_channel.h>

#include "geds/server_security.h"

namespace ionloom::geds {
namespace {

constexpr int kMostMessageBytes = 64 << 20;

}  // namespace

Result<std::shared_ptr<grpc::Channel>> open_channel(const std::string& server,
                                                    const Access& access) {
  auto credentials = channel_credentials(access.authorities);
  if (!credentials) return std::unexpected(credentials.error());
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // Contrary to its name also how long an attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Before it connects anew gRPC looks the name up again, even that of a numeric address, and on
  // its own not more than twice a minute: a server that is back would be found seconds late.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 100);
  return grpc::CreateCustomChannel(server, *credentials, arguments);
}

void sign(grpc::ClientContext& context, const Access& access) {
  if (!access.token.empty()) context.AddMetadata("authorization", "Bearer " + access.token);
}

Outcome<void> carried(const grpc::Status& status, const std::string& server) {
  if (status.ok()) return {};
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return refuse(StatusCode::kUnavailable, server + " does not answer in time");
  }
  return refuse(status_code(status.error_code()), server + ": " + status.error_message());
}

}  // namespace ionloom::geds
