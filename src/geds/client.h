#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "geds/metadata_client.h"
#include "geds/object.h"
#include "geds/peer.h"
#include "geds/rate_limit.h"
#include "geds/s3_stores.h"

namespace ionloom::geds {

/// Part of an object.
struct ByteRange {
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = UINT64_MAX;  ///< up to the end at most
};

/// Reads and removes objects wherever they lie, and puts them on nodes. Thread-safe.
class Client {
 public:
  /// @param metadata must outlive this
  Client(MetadataClient& metadata, Access access);

  /// Takes the bytes of an object in order; false ends the reading.
  using Sink = std::function<bool(std::span<const std::byte>)>;

  /// Reads a range, a piece at a time: memory does not grow with it. When the node fails before the
  /// first byte it is read as read_somewhere() says; UNAVAILABLE when it is gone for good. A range
  /// beyond the end is shortened.
  /// @return what was read, as it was looked up
  [[nodiscard]] Outcome<Object> read(const ObjectId& id, ByteRange range, const Sink& sink);

  /// Fills the span from the object's byte `offset_bytes` on, from where `object`, a lookup's
  /// answer, says that it lies.
  /// @return bytes read: fewer than asked for at the object's end
  [[nodiscard]] Outcome<std::size_t> read_at(const Object& object, std::uint64_t offset_bytes,
                                             std::span<std::byte> into);

  /// Has `read` try where the object lies: first as it is known, if it is, or looked up; when that
  /// fails, where the metadata server says that it lies by then, copies first. A place that stood
  /// silent for as long as anyone waits is not tried again.
  /// @return the object with the location that it was read from
  using Attempt = std::function<Outcome<void>(const Object&)>;
  [[nodiscard]] Outcome<Object> read_somewhere(const ObjectId& id, std::optional<Object> known,
                                               const Attempt& read);

  /// Removes the object, and its bytes: from their nodes where these can be reached, or from S3.
  [[nodiscard]] Outcome<void> remove(const ObjectId& id);

  /// The node with this host and gRPC port.
  [[nodiscard]] std::shared_ptr<Peer> peer(const HostPort& node);

 private:
  Outcome<void> remove_from_s3(const ObjectId& place);

  MetadataClient& metadata_;
  Access access_;
  std::shared_ptr<RateLimit> far_;  ///< of all peers but the near one; none: as fast as bytes come
  S3Stores s3_stores_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Peer>> peers_;
};

}  // namespace ionloom::geds
