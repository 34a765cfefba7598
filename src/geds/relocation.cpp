#include "geds/relocation.h"

#include <tuple>

#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

/// @return bytes of the object
store::Outcome<std::uint64_t> relocate_object(const store::ObjectName& name,
                                              store::ObjectStore& objects, RelocationTier& s3) {
  const auto info = objects.stat(name);
  if (!info) return std::unexpected(info.error());
  auto writer = s3.create(name);
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (std::uint64_t at = 0; at < info->size_bytes; at += kPieceBytes) {
    const auto piece = objects.view(name, {at, kPieceBytes});
    if (!piece) return std::unexpected(piece.error());
    if (auto sent = (*writer)->append(piece->bytes()); !sent) {
      return std::unexpected(std::move(sent.error()));
    }
  }
  if (const auto sealed = (*writer)->seal(); !sealed) return std::unexpected(sealed.error());
  std::ignore = objects.remove(name);  // what remains is a copy that nobody looks for
  return info->size_bytes;
}

}  // namespace

void relocate_bucket(const std::string& bucket, store::ObjectStore& objects, RelocationTier& s3,
                     Relocated& result) {
  const auto stays = [&](const store::Failure& failure, std::uint64_t count) {
    result.stayed += count;
    if (!result.why) result.why = to_status(failure);
  };
  const auto listing = objects.list({bucket, "", std::nullopt});
  if (!listing) return stays(listing.error(), 1);
  if (listing->objects.empty()) return;
  if (!s3.takes({bucket, ""})) {
    return stays({store::FailureCode::kRemote, bucket, "no S3 store is registered for it"},
                 listing->objects.size());
  }
  for (const store::ListedObject& object : listing->objects) {
    const store::ObjectName name{bucket, object.key};
    const auto bytes = relocate_object(name, objects, s3);
    if (bytes) {
      ++result.objects;
      result.bytes += *bytes;
    } else if (bytes.error().code != store::FailureCode::kNotFound) {
      stays(bytes.error(), 1);  // else it was removed meanwhile, or is not the node's own
    }
  }
}

}  // namespace ionloom::geds
