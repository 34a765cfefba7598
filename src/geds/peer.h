#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "geds/data_request.h"
#include "geds/metadata_client.h"
#include "geds/names.h"
#include "geds/node_endpoints.h"
#include "geds/peer_writer.h"
#include "geds/rate_limit.h"
#include "geds/relocation.h"
#include "geds/tcp_socket.h"

namespace ionloom::geds {

/// Another node, IBM's or ours, as a place to read objects from and to put them to. Connections are
/// made when needed and kept, at most as many as threads use it at once; they speak TLS when
/// Access names authorities. Thread-safe.
class Peer {
 public:
  /// @param node host and gRPC port, as in the location of its objects
  /// @param limit what all connections to it keep to, perhaps with those to others; none: nothing
  Peer(HostPort node, Access access, std::shared_ptr<RateLimit> limit = {})
      : node_(std::move(node)), access_(std::move(access)), limit_(std::move(limit)) {}

  /// Reads into the span from the object's byte `offset_bytes` on.
  /// @return bytes read: less than asked for at the object's end
  [[nodiscard]] Outcome<std::size_t> read(const ObjectId& id, std::uint64_t offset_bytes,
                                          std::span<std::byte> into);

  /// Gives up to so many bytes; called until it has given the size that was announced.
  using Source = std::function<Outcome<std::size_t>(std::span<std::byte>)>;

  /// Has the node keep an object of this size. FAILED_PRECONDITION when it is a node of IBM's,
  /// which takes none from others.
  [[nodiscard]] Outcome<void> put(const ObjectId& id, std::uint64_t size_bytes,
                                  const Source& source);

  /// The same for bytes that are at hand.
  [[nodiscard]] Outcome<void> put(const ObjectId& id, std::span<const std::byte> bytes);

  /// Has the node keep a copy of an object that the caller registers. `piece(offset)` gives the
  /// bytes from there on, as many as it likes, valid until it is called again; it is called again
  /// from the beginning when a kept connection turns out to be closed.
  using Pieces = std::function<Outcome<std::span<const std::byte>>(std::uint64_t offset_bytes)>;
  [[nodiscard]] Outcome<void> copy(const ObjectId& id, std::uint64_t size_bytes,
                                   const Pieces& piece);

  /// Has the node keep an object that comes bit by bit. FAILED_PRECONDITION as above.
  [[nodiscard]] Outcome<PeerWriter> append(const ObjectId& id);

  /// Has the node move the objects of a bucket, "" for all, to S3. Takes as long as that takes.
  [[nodiscard]] Outcome<Relocated> relocate(const std::string& bucket);

  /// Has the node forget the bytes.
  [[nodiscard]] Outcome<void> forget(const ObjectId& id);

 private:
  Outcome<TcpSocket> new_connection();
  Outcome<std::shared_ptr<const TlsContext>> tls();
  Outcome<HostPort> endpoint();
  /// Whether the node takes an object of this size together with its announcement.
  bool takes_at_once(std::uint64_t size_bytes);
  /// Announces an object, has `send` send its bytes, at once where the node takes them, and waits
  /// until it is sealed. Only what goes wrong before the node can have all bytes is tried again.
  template <class Send>
  Outcome<void> hand_over(const DataRequest& request, const Send& send);
  /// Announces an object and waits until the node is ready for its bytes.
  Outcome<void> go_ahead(const TcpSocket& socket, const DataRequest& request) const;
  /// What the answer to an announcement says.
  Outcome<void> ready(const Outcome<ResponseHead>& answer) const;
  /// Does `talk` on a kept connection; if that had been closed meanwhile, once more on a new one.
  template <class Talk>
  auto on_connection(const Talk& talk) -> decltype(talk(std::declval<const TcpSocket&>()));

  HostPort node_;
  Access access_;
  std::shared_ptr<RateLimit> limit_;
  std::mutex mutex_;
  std::vector<TcpSocket> idle_;
  DataEndpoint endpoint_;                  ///< port 0 until asked for
  std::shared_ptr<const TlsContext> tls_;  ///< none until needed
};

}  // namespace ionloom::geds
