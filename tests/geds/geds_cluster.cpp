#include "geds/geds_cluster.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ionloom::geds {
namespace {

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return *std::move(result);
}

}  // namespace

GedsCluster::GedsCluster(MetadataServerOptions options) : options_(std::move(options)) {
  options_.listen = {"127.0.0.1", 0};
  start_server();
  options_.listen = server_->address();
  metadata_ = value_of(MetadataClient::make(server_->address().text(), {}));
  client_ = std::make_unique<Client>(*metadata_, Access{});
}

void GedsCluster::start_server() {
  server_ = value_of(MetadataServer::start(options_));
}

std::unique_ptr<Node> GedsCluster::node(NodeOptions options) {
  options.metadata = options_.listen.text();
  options.listen = {"127.0.0.1", 0};
  return value_of(Node::start(options));
}

MetadataServerOptions keeping_state(const std::filesystem::path& folder) {
  MetadataServerOptions options;
  options.state_folder = folder;
  return options;
}

Outcome<void> put(const HostPort& node, const ObjectId& id, const std::string& bytes,
                  const std::string& token) {
  std::span<const std::byte> left = std::as_bytes(std::span(bytes));
  Peer peer(node, {token, std::nullopt});
  return peer.put(id, bytes.size(), [&](std::span<std::byte> into) -> Outcome<std::size_t> {
    const std::size_t count = std::min(into.size(), left.size());
    std::ranges::copy(left.first(count), into.begin());
    left = left.subspan(count);
    return count;
  });
}

std::string read(Client& client, const ObjectId& id, ByteRange range) {
  std::string bytes;
  const auto object = client.read(id, range, [&](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  return object ? bytes : std::string(name_of(object.error().code));
}

}  // namespace ionloom::geds
