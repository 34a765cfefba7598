#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "geds/names.h"
#include "geds/rate_limit.h"
#include "geds/status.h"
#include "geds/tls_session.h"

namespace ionloom::geds {

/// A TCP connection, or a socket that listens for them; closed by the destructor. Every call that
/// waits gives up with UNAVAILABLE once nothing has moved for the socket's patience.
class TcpSocket {
 public:
  TcpSocket() = default;
  explicit TcpSocket(int descriptor) : descriptor_(descriptor) {}
  TcpSocket(TcpSocket&& other) noexcept;
  TcpSocket& operator=(TcpSocket&& other) noexcept;
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;
  ~TcpSocket();

  /// Listens on an address of this machine; port 0 is any free one. UNAVAILABLE when it is taken.
  [[nodiscard]] static Outcome<TcpSocket> listen(const HostPort& at);
  /// Connects, trying each address of the host.
  [[nodiscard]] static Outcome<TcpSocket> connect(const HostPort& to,
                                                  std::chrono::milliseconds patience);

  /// From now on everything goes through TLS; waits for the handshake. See TlsSession for what can
  /// fail; the connection is of no use then.
  [[nodiscard]] Outcome<void> speak_tls_as_server(const TlsContext& context);
  [[nodiscard]] Outcome<void> speak_tls_to(const std::string& host, const TlsContext& context);

  /// Waits for the next connection, for ever: also while this process has no descriptor or memory
  /// left for one. UNAVAILABLE after shut_down().
  [[nodiscard]] Outcome<TcpSocket> accept() const;

  /// How long reading may stand still; zero is for ever.
  void set_read_patience(std::chrono::milliseconds patience) const;
  /// The same for writing.
  void set_write_patience(std::chrono::milliseconds patience) const;

  /// From now on reads and writes keep to a rate, which others may share.
  void keep_to(std::shared_ptr<RateLimit> limit) { limit_ = std::move(limit); }

  /// Reads at least one byte; 0 when the other side has closed.
  [[nodiscard]] Outcome<std::size_t> read_some(std::span<std::byte> into) const;
  /// Fills the whole span; UNAVAILABLE when the other side closes before.
  [[nodiscard]] Outcome<void> read(std::span<std::byte> into) const;
  /// Sends both, as one packet where they fit.
  [[nodiscard]] Outcome<void> write(std::span<const std::byte> first,
                                    std::span<const std::byte> second = {}) const;
  [[nodiscard]] Outcome<void> write(std::string_view text) const;

  /// Ends all waiting on this socket, in every thread.
  void shut_down() const;

  /// Whether the other side is known to have closed, or the connection to be lost.
  [[nodiscard]] bool ended() const;

  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  /// The local port.
  [[nodiscard]] std::uint16_t port() const;

 private:
  [[nodiscard]] Outcome<std::size_t> receive(std::span<std::byte> into) const;
  [[nodiscard]] Outcome<void> send(std::span<const std::byte> first,
                                   std::span<const std::byte> second) const;

  int descriptor_ = -1;
  std::unique_ptr<TlsSession> tls_;   ///< none: plain TCP
  std::shared_ptr<RateLimit> limit_;  ///< none: as fast as bytes come
};

}  // namespace ionloom::geds
