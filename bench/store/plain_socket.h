#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace ionloom::bench {

/// A blocking socket with nothing around it, for the peers: the least that a client can do. The
/// program ends when something fails.
class PlainSocket {
 public:
  /// "HOST:PORT" (a numeric address) over TCP without Nagle's delay, or the path of a local socket.
  [[nodiscard]] static PlainSocket connect(std::string_view address);
  explicit PlainSocket(int descriptor) : descriptor_(descriptor) {}
  PlainSocket(PlainSocket&& other) noexcept;
  PlainSocket& operator=(PlainSocket&&) = delete;
  ~PlainSocket();

  /// Sends all parts, in one packet where they fit.
  void write(std::initializer_list<std::span<const std::byte>> parts) const;
  /// At least one byte; 0 when the other side has closed.
  [[nodiscard]] std::size_t read_some(std::span<std::byte> into) const;
  void read(std::span<std::byte> into) const;

 private:
  int descriptor_ = -1;
};

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace ionloom::bench
