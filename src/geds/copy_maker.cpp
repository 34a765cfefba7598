#include "geds/copy_maker.h"

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

/// A copy leaves the store in pieces, so that a large object on disk does not take its size in
/// memory.
constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

}  // namespace

CopyMaker::CopyMaker(MetadataClient& metadata, const Access& access, store::ObjectStore& objects,
                     HostPort own, Counter& made)
    : nodes_(metadata, std::nullopt),
      client_(metadata, access),
      objects_(objects),
      own_(std::move(own)),
      made_(made) {}

Outcome<std::string> CopyMaker::make(const ObjectId& id, std::uint64_t size_bytes) {
  const auto nodes = nodes_.for_copy(id, own_);
  if (!nodes) return std::unexpected(nodes.error());
  Status why{StatusCode::kUnavailable, "no other node is alive to keep a copy of " + id.text()};
  for (const HostPort& node : *nodes) {
    store::View piece;  // lives until the next one has taken its place
    const auto copied = client_.peer(node)->copy(
        id, size_bytes, [&](std::uint64_t at) -> Outcome<std::span<const std::byte>> {
          auto next = objects_.view({id.bucket, id.key}, {at, kPieceBytes});
          if (!next) return std::unexpected(to_status(next.error()));
          piece = *std::move(next);
          return piece.bytes();
        });
    if (copied) {
      made_.add();
      return node_location(node);
    }
    why = {copied.error().code, "node " + node.text() + " keeps no copy of " + id.text() + ": " +
                                    copied.error().message};
  }
  return std::unexpected(std::move(why));
}

void CopyMaker::forget(const ObjectId& id, const std::string& location) {
  if (const auto node = parse_node_location(location)) {
    std::ignore = client_.peer(*node)->forget(id);
  }
}

}  // namespace ionloom::geds
