#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "geds/metadata_client.h"
#include "geds/object.h"
#include "geds/peer.h"

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
  Client(MetadataClient& metadata, Access access)
      : metadata_(metadata), access_(std::move(access)) {}

  /// Takes the bytes of an object in order; false ends the reading.
  using Sink = std::function<bool(std::span<const std::byte>)>;

  /// Reads a range, a piece at a time: memory does not grow with it. When the node fails before the
  /// first byte the object is looked up once more; UNAVAILABLE when it is gone for good. A range
  /// beyond the end is shortened.
  /// @return what was read, as it was looked up
  [[nodiscard]] Outcome<Object> read(const ObjectId& id, ByteRange range, const Sink& sink);

  /// Removes the object, and its bytes from their node where that can be reached.
  [[nodiscard]] Outcome<void> remove(const ObjectId& id);

  /// The node with this host and gRPC port.
  [[nodiscard]] std::shared_ptr<Peer> peer(const HostPort& node);

 private:
  MetadataClient& metadata_;
  Access access_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Peer>> peers_;
};

}  // namespace ionloom::geds
