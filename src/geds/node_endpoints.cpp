#include "geds/node_endpoints.h"

#include "geds.grpc.pb.h"
#include "geds/rpc_call.h"
#include "geds/wire.h"

namespace ionloom::geds {

Outcome<DataEndpoint> ask_data_endpoint(const HostPort& node, const Access& access) {
  const auto channel = open_channel(node.text(), access);
  if (!channel) return std::unexpected(to_status(channel.error()));
  const auto stub = wire::GEDSService::NewStub(*channel);
  wire::AvailTransportEndpoints response;
  const auto done = call_once(access, "node " + node.text(), [&](grpc::ClientContext* context) {
    return stub->GetAvailEndpoints(context, {}, &response);
  });
  if (!done && done.error().code == StatusCode::kUnimplemented) {
    return refuse(StatusCode::kUnavailable,
                  node.text() + " is a GEDS server, but no node: a metadata server?");
  }
  if (!done) return std::unexpected(done.error());
  DataEndpoint chosen;
  chosen.at = {node.host, 0};
  chosen.at_once_bytes = response.at_once_bytes();
  chosen.shared_folder = response.shared_folder();
  for (const wire::TransportEndpoint& endpoint : response.endpoint()) {
    if (endpoint.type() != wire::Socket || endpoint.port() == 0 || endpoint.port() > 65535)
      continue;
    if (chosen.at.port == 0 || endpoint.address() == node.host) {
      chosen.at.port = static_cast<std::uint16_t>(endpoint.port());
    }
  }
  if (chosen.at.port != 0) return chosen;
  return refuse(StatusCode::kUnavailable, "node " + node.text() + " names no TCP data endpoint");
}

}  // namespace ionloom::geds
