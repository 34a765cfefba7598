#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "geds/server_security.h"
#include "geds/status.h"

namespace ionloom::geds {

/// What the TLS connections of one server, or to one kind of servers, have in common.
class TlsContext {
 public:
  /// For servers that prove to be this. kData when the files are not a certificate and its key.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> of_server(
      const ServerIdentity& identity);
  /// For clients that trust whom these authorities (PEM) signed.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> of_client(
      const std::filesystem::path& authorities);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

 private:
  friend class TlsSession;
  struct Parts;
  explicit TlsContext(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

/// TLS 1.2 or newer on one connected TCP socket, which stays its owner's; waits as long as the
/// socket's timeouts say. One thread at a time.
class TlsSession {
 public:
  /// Both wait for the handshake. UNAVAILABLE when the other side does not speak TLS or goes away.
  [[nodiscard]] static Outcome<std::unique_ptr<TlsSession>> accept(const TlsContext& context,
                                                                   int descriptor);
  /// Also UNAUTHENTICATED when the server's certificate is not trusted or not one of this host.
  [[nodiscard]] static Outcome<std::unique_ptr<TlsSession>> connect(const TlsContext& context,
                                                                    int descriptor,
                                                                    const std::string& host);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  /// Reads at least one byte; 0 when the other side has closed.
  [[nodiscard]] Outcome<std::size_t> read_some(std::span<std::byte> into);
  /// Sends all of it.
  [[nodiscard]] Outcome<void> write(std::span<const std::byte> bytes);

 private:
  struct Parts;
  explicit TlsSession(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::geds
