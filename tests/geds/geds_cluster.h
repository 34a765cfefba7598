#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "geds/client.h"
#include "geds/metadata_client.h"
#include "geds/metadata_server.h"
#include "geds/node.h"

namespace ionloom::geds {

/// A metadata server and a client of it, on free ports of the loopback.
class GedsCluster {
 public:
  explicit GedsCluster(MetadataServerOptions options = {});

  MetadataServer& server() { return *server_; }
  MetadataClient& metadata() { return *metadata_; }
  Client& client() { return *client_; }

  /// One more node.
  [[nodiscard]] std::unique_ptr<Node> node(NodeOptions options = {});

  /// The metadata server goes, and comes back on the same port.
  void stop_server() { server_.reset(); }
  void start_server();

 private:
  MetadataServerOptions options_;
  std::unique_ptr<MetadataServer> server_;
  std::unique_ptr<MetadataClient> metadata_;
  std::unique_ptr<Client> client_;
};

/// A metadata server that keeps its state in this folder.
[[nodiscard]] MetadataServerOptions keeping_state(const std::filesystem::path& folder);

/// Has the node keep these bytes.
[[nodiscard]] Outcome<void> put(const HostPort& node, const ObjectId& id, const std::string& bytes,
                                const std::string& token = {});
[[nodiscard]] inline Outcome<void> put(const Node& node, const ObjectId& id,
                                       const std::string& bytes, const std::string& token = {}) {
  return put(node.address(), id, bytes, token);
}

/// What a reader gets: the bytes, or the name of the status.
[[nodiscard]] std::string read(Client& client, const ObjectId& id, ByteRange range = {});

}  // namespace ionloom::geds
