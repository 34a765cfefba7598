#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "geds/event_log.h"
#include "geds/metadata_client.h"
#include "geds/metrics.h"
#include "geds/names.h"
#include "geds/node_store.h"
#include "geds/relocation.h"
#include "geds/server_security.h"

namespace ionloom::geds {

struct NodeOptions {
  std::string metadata = {};           ///< "host:port" of the metadata server
  HostPort listen{"127.0.0.1", 4382};  ///< gRPC; port 0: any free one. Data: the next free above it
  std::string host = {};  ///< by which others reach this node; "": `listen`'s, or, when
                          ///< that is 0.0.0.0, what the metadata server sees
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< bound on the objects in memory
  /// Memory is this folder in a tmpfs, which other processes of the machine may map, as far as the
  /// folder's owner and mode let them: no token is asked for. Absent: it is the node's own.
  std::optional<std::filesystem::path> shared_memory = {};
  std::optional<DiskSpace> disk = {};     ///< for what does not fit there
  std::chrono::milliseconds lease{1500};  ///< counts as dead after this silence; 0: no leases
  /// Nodes that hold an object before whoever put it here is told that it is kept: 1 or 2.
  int copies = 1;
  /// So long after another node has died, copies that it held of what is here are made again; 0:
  /// never.
  std::chrono::milliseconds copy_again_after{10000};
  std::optional<std::filesystem::path> token_file =
      {};                                       ///< tokens it asks for on the data transport
  std::optional<ServerIdentity> identity = {};  ///< TLS of both its ports
  Access access = {};  ///< how it reaches the metadata server and, for copies, other nodes
  /// So long after an object has come, it is registered or never will be: three calls of metadata.
  std::chrono::milliseconds settled{6000};
  EventLog events = {};
};

/// A running node: holds sealed objects in memory and on disk, serves them to others, takes new
/// ones from them and registers these.
class Node {
 public:
  /// Returns once the node is reachable and its first lease is held. kRemote when the metadata
  /// server does not answer or the address is taken; kUsage when copies are wanted without leases,
  /// or of a metadata server of IBM's.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(const NodeOptions& options);

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  /// "geds://host:port", as in the metadata of its objects.
  [[nodiscard]] const std::string& location() const;
  /// Host and gRPC port.
  [[nodiscard]] const HostPort& address() const;
  [[nodiscard]] std::uint16_t data_port() const;
  [[nodiscard]] const Metrics& metrics() const;
  /// What it holds, by bucket and key, for readers in this process. New objects are put through
  /// the node itself, which registers them.
  [[nodiscard]] std::shared_ptr<store::ObjectStore> objects() const;

  /// Moves the objects of a bucket, or with "" of all buckets, to the S3 stores registered for
  /// them. They are read throughout.
  [[nodiscard]] Outcome<Relocated> relocate(const std::string& bucket);
  /// The same for all, and takes no new objects any more: before stop().
  [[nodiscard]] Outcome<Relocated> leave_for_s3();

  /// Stops serving and gives the lease back, so that its objects are UNAVAILABLE at once. Also done
  /// by the destructor.
  void stop();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::geds
