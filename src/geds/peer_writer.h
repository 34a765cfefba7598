#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "geds/status.h"
#include "geds/tcp_socket.h"

namespace ionloom::geds {

/// An object that a node is being sent piece by piece. Dropped unsealed, it leaves nothing there.
class PeerWriter {
 public:
  /// @param socket on which the node said to go ahead
  explicit PeerWriter(TcpSocket socket) : socket_(std::move(socket)) {}

  /// Adds bytes. What the node thinks of them is heard when it is sealed; fails when the node is
  /// gone.
  [[nodiscard]] Outcome<void> append(std::span<const std::byte> bytes);

  /// The object is sealed and registered. The last call.
  [[nodiscard]] Outcome<void> seal();

 private:
  Outcome<void> send(std::span<const std::byte> piece) const;

  TcpSocket socket_;
  std::vector<std::byte> small_;  ///< gathers small pieces
};

}  // namespace ionloom::geds
