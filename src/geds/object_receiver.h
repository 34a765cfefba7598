#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "geds/status.h"
#include "geds/tcp_socket.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// Reads so many bytes, those in `behind` first, and forgets them.
[[nodiscard]] Outcome<void> pass_over(const TcpSocket& socket, std::string& behind,
                                      std::uint64_t size_bytes);

/// Takes the bytes of one object from a connection into a writer. What the writer refuses is read
/// on to its end and passed over, so that the sender can be told why.
class ObjectReceiver {
 public:
  /// @param behind what came behind the request already; its bytes are taken first
  ObjectReceiver(const TcpSocket& socket, std::string& behind, store::ObjectWriter& writer)
      : socket_(socket), behind_(behind), writer_(writer) {}

  /// Takes exactly so many bytes, where the writer can, into their place. Fails when the connection
  /// does.
  [[nodiscard]] Outcome<void> take(std::uint64_t size_bytes);
  /// Takes pieces until the one of length 0.
  [[nodiscard]] Outcome<void> take_pieces();

  /// Bytes taken.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  /// Seals the object, unless the writer has refused its bytes.
  [[nodiscard]] Outcome<void> seal();

 private:
  Outcome<void> read(std::span<std::byte> into);

  const TcpSocket& socket_;
  std::string& behind_;
  store::ObjectWriter& writer_;
  std::uint64_t size_bytes_ = 0;
  std::optional<Status> refused_;
  std::vector<std::byte> buffer_;
};

}  // namespace ionloom::geds
