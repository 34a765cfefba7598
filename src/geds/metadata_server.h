#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/error.h"
#include "geds/event_log.h"
#include "geds/metrics.h"
#include "geds/names.h"
#include "geds/server_security.h"

namespace ionloom::geds {

/// How a metadata server runs. As it stands here: GEDS, and nothing beyond it.
struct MetadataServerOptions {
  HostPort listen{"127.0.0.1", 4381};  ///< port 0: any free one
  std::optional<std::filesystem::path> state_folder =
      {};  ///< keeps what it knows; none: in memory only
  std::optional<std::filesystem::path> token_file = {};  ///< see AccessList::read()
  std::optional<ServerIdentity> identity = {};           ///< TLS
  EventLog events = {};
  bool any_names = false;  ///< also take names with control characters, as IBM's server does
};

/// A running metadata service: all calls, server reflection, the health service, node leases.
class MetadataServer {
 public:
  /// Returns once calls are answered. kRemote when the address cannot be listened on, else what
  /// opening the state, tokens or certificates says.
  [[nodiscard]] static Result<std::unique_ptr<MetadataServer>> start(
      const MetadataServerOptions& options);

  MetadataServer(const MetadataServer&) = delete;
  MetadataServer& operator=(const MetadataServer&) = delete;
  ~MetadataServer();

  /// Where it listens.
  [[nodiscard]] const HostPort& address() const;
  [[nodiscard]] const Metrics& metrics() const;

  /// Ends streams, lets running calls finish for up to a second, and stops. Also done by the
  /// destructor.
  void stop();

 private:
  struct Parts;
  explicit MetadataServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::geds
