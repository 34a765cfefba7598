#include "geds/client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{8} << 20;

/// How far a reading got.
struct Progress {
  std::uint64_t bytes = 0;
  bool stopped = false;  ///< the sink wants no more
};

Outcome<void> copy(Client& client, const Object& object, ByteRange range, const Client::Sink& sink,
                   Progress& progress) {
  const std::uint64_t size = object.info.size_bytes;
  const std::uint64_t begin = std::min(range.offset_bytes, size);
  const std::uint64_t wanted = std::min(range.size_bytes, size - begin);
  std::vector<std::byte> piece(std::min<std::uint64_t>(wanted, kPieceBytes));
  while (progress.bytes < wanted && !progress.stopped) {
    const auto into =
        std::span(piece).first(std::min<std::uint64_t>(wanted - progress.bytes, piece.size()));
    const auto got = client.read_at(object, begin + progress.bytes, into);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) {
      return refuse(StatusCode::kDataLoss,
                    fmt::format("{} ends at byte {}, but its metadata says {} bytes",
                                object.id.text(), begin + progress.bytes, size));
    }
    progress.bytes += *got;
    progress.stopped = !sink(into.first(*got));
  }
  return {};
}

Status failed_at(const Object& object, const Status& status) {
  return {status.code,
          fmt::format("{} at {}: {}", object.id.text(), object.info.location, status.message)};
}

}  // namespace

Client::Client(MetadataClient& metadata, Access access)
    : metadata_(metadata), access_(std::move(access)), s3_stores_(metadata) {
  if (access_.far_bytes_s > 0) far_ = std::make_shared<RateLimit>(access_.far_bytes_s);
}

std::shared_ptr<Peer> Client::peer(const HostPort& node) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Peer>& known = peers_[node.text()];
  if (!known) known = std::make_shared<Peer>(node, access_, access_.near == node ? nullptr : far_);
  return known;
}

Outcome<std::size_t> Client::read_at(const Object& object, std::uint64_t offset_bytes,
                                     std::span<std::byte> into) {
  if (const auto node = parse_node_location(object.info.location)) {
    return peer(*node)->read(object.id, offset_bytes, into);
  }
  const auto place = parse_s3_location(object.info.location);
  if (!place) return std::unexpected(place.error());
  const auto s3 = s3_stores_.of(place->bucket);
  if (!s3) return std::unexpected(s3.error());
  const auto count = (*s3)->get({place->bucket, place->key}, offset_bytes, into);
  if (!count) return std::unexpected(to_status(count.error()));
  return *count;
}

Outcome<Object> Client::read(const ObjectId& id, ByteRange range, const Sink& sink) {
  Progress progress;
  std::optional<Status> midway;  // what the sink has cannot be taken back
  auto object = read_somewhere(id, std::nullopt, [&](const Object& at) -> Outcome<void> {
    const auto done = copy(*this, at, range, sink, progress);
    if (done || progress.bytes == 0) return done;
    midway = done.error();
    return {};
  });
  if (!object) return object;
  if (midway) return std::unexpected(failed_at(*object, *midway));
  return object;
}

Outcome<Object> Client::read_somewhere(const ObjectId& id, std::optional<Object> known,
                                       const Attempt& read) {
  const auto begin = std::chrono::steady_clock::now();
  auto object = known ? Outcome<Object>(*std::move(known)) : metadata_.lookup(id);
  if (!object) return object;
  auto done = read(*object);
  if (done) return object;
  const std::string tried = object->info.location;
  const bool silent = std::chrono::steady_clock::now() - begin >= access_.patience;
  // It may lie elsewhere by now, or there as well.
  auto found = metadata_.lookup_with_copies(id);
  if (!found) return found;
  std::vector<std::string> places = std::exchange(found->info.copies, {});
  places.insert(places.begin(), found->info.location);
  std::ranges::stable_partition(places, [&](const std::string& at) { return at != tried; });
  if (silent) std::erase(places, tried);
  for (std::string& place : places) {
    found->info.location = std::move(place);
    object = found;
    done = read(*object);
    if (done) return object;
  }
  return std::unexpected(failed_at(*object, done.error()));
}

Outcome<void> Client::remove(const ObjectId& id) {
  const auto removed = metadata_.remove(id);
  if (!removed) return std::unexpected(removed.error());
  // A node that is gone, or IBM's, keeps bytes that nobody will find: nothing to tell the caller.
  // The object's own node is the last: as long as it has the bytes it takes none of that name.
  for (const std::string& copy : removed->info.copies) {
    if (const auto node = parse_node_location(copy)) std::ignore = peer(*node)->forget(id);
  }
  if (const auto node = parse_node_location(removed->info.location)) {
    std::ignore = peer(*node)->forget(id);
  } else if (const auto place = parse_s3_location(removed->info.location)) {
    return remove_from_s3(*place);
  }
  return {};
}

Outcome<void> Client::remove_from_s3(const ObjectId& place) {
  const auto s3 = s3_stores_.of(place.bucket);
  // As with IBM's client: what is in a store that nobody registered stays there.
  if (!s3 && s3.error().code == StatusCode::kFailedPrecondition) return {};
  if (!s3) return std::unexpected(s3.error());
  const auto removed = (*s3)->remove({place.bucket, place.key});
  if (removed || removed.error().code == store::FailureCode::kNotFound) return {};
  Status status = to_status(removed.error());
  status.message = "is removed from the metadata but still in S3: " + status.message;
  return std::unexpected(std::move(status));
}

}  // namespace ionloom::geds
