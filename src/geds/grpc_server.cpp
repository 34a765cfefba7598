#include "geds/grpc_server.h"

#include <cstdlib>
#include <mutex>

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

namespace ionloom::geds {
namespace {

constexpr int kMostMessageBytes = 64 << 20;  ///< IBM's client takes listings of up to 64 MiB

}  // namespace

Result<RunningGrpcServer> start_grpc_server(const HostPort& listen,
                                            const std::optional<ServerIdentity>& identity,
                                            std::span<grpc::Service* const> services) {
  static std::once_flag once;  // gRPC keeps these settings for the whole process
  std::call_once(once, [] {
    // What it would log on stderr comes back as an error; who wants more sets gRPC's variable.
    if (!std::getenv("GRPC_VERBOSITY")) gpr_set_log_function([](gpr_log_func_args*) {});
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  auto credentials = server_credentials(identity);
  if (!credentials) return std::unexpected(credentials.error());
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen.text(), *credentials, &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMostMessageBytes);
  for (grpc::Service* service : services) builder.RegisterService(service);
  RunningGrpcServer running{builder.BuildAndStart(), static_cast<std::uint16_t>(port)};
  if (!running.server || port == 0) {
    return fail(ErrorCode::kRemote, listen.text(),
                "cannot listen here: the port is taken, or the address is not this machine's");
  }
  return running;
}

}  // namespace ionloom::geds
