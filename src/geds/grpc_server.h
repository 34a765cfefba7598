#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/error.h"
#include "geds/names.h"
#include "geds/server_security.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace ionloom::geds {

struct RunningGrpcServer {
  std::unique_ptr<grpc::Server> server;
  std::uint16_t port = 0;  ///< the one asked for, or the free one that was found for 0
};

/// Serves these services, with server reflection and gRPC's health service, as GEDS's servers do.
/// The services must outlive the server. kRemote when the address is taken or not this machine's.
[[nodiscard]] Result<RunningGrpcServer> start_grpc_server(
    const HostPort& listen, const std::optional<ServerIdentity>& identity,
    std::span<grpc::Service* const> services);

}  // namespace ionloom::geds
