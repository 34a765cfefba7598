#include "geds/node_service.h"

#include <memory>
#include <string>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "geds/data_request.h"

namespace ionloom::geds {
namespace {

void add(const std::string& host, std::uint16_t port, ::geds::rpc::AvailTransportEndpoints& to) {
  ::geds::rpc::TransportEndpoint& endpoint = *to.add_endpoint();
  endpoint.set_type(::geds::rpc::Socket);
  endpoint.set_address(host);
  endpoint.set_port(port);
}

}  // namespace

void NodeService::announce(const HostPort& known, bool all_addresses,
                           const std::string& shared_folder) {
  const std::scoped_lock lock(mutex_);
  add(known.host, known.port, endpoints_);
  endpoints_.set_at_once_bytes(kMostAtOnceBytes);
  endpoints_.set_shared_folder(shared_folder);
  ifaddrs* found = nullptr;
  if (!all_addresses || ::getifaddrs(&found) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(found, &::freeifaddrs);
  for (const ifaddrs* at = found; at; at = at->ifa_next) {
    if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET || (at->ifa_flags & IFF_UP) == 0) {
      continue;
    }
    char text[INET_ADDRSTRLEN] = {};
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
    if (known.host != text) add(text, known.port, endpoints_);
  }
}

grpc::Status NodeService::GetAvailEndpoints(grpc::ServerContext* /*context*/,
                                            const ::geds::rpc::EmptyParams* /*request*/,
                                            ::geds::rpc::AvailTransportEndpoints* response) {
  const std::scoped_lock lock(mutex_);
  *response = endpoints_;
  return grpc::Status::OK;
}

}  // namespace ionloom::geds
