#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/error.h"

namespace grpc {
class ServerCredentials;
class ChannelCredentials;
}  // namespace grpc

namespace ionloom::geds {

/// The PEM files with which a server proves who it is.
struct ServerIdentity {
  std::filesystem::path certificate;  ///< chain, the server's own first
  std::filesystem::path key;
};

/// TLS with this identity; without one, plain TCP as GEDS has it.
[[nodiscard]] Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(
    const std::optional<ServerIdentity>& identity);

/// TLS to servers whose certificate was signed by one of these (PEM); without a file, plain TCP.
[[nodiscard]] Result<std::shared_ptr<grpc::ChannelCredentials>> channel_credentials(
    const std::optional<std::filesystem::path>& authorities);

}  // namespace ionloom::geds
