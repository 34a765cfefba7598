#include "wasi/key_value.h"

#include <algorithm>

#include <fmt/core.h>

#include "wasi/draft.h"
#include "wasi/folder_marker.h"
#include "wasi/path.h"

namespace ionloom::wasi {
namespace {

using Failure = KeyValue::Failure;

std::unexpected<Failure> other(std::string words) {
  return std::unexpected(Failure{Failure::Kind::kOther, std::move(words)});
}

std::unexpected<Failure> denied() {
  return std::unexpected(Failure{Failure::Kind::kAccessDenied});
}

std::unexpected<Failure> failure_of(Errno error) {
  switch (error) {
    case Errno::kDquot:
      return other("the quota is exceeded");
    case Errno::kNospc:
      return other("the store is full");
    case Errno::kExist:
      return other("another writer has taken the key meanwhile");
    case Errno::kHostunreach:
      return other("the store does not answer");
    default:
      return other("the store failed");
  }
}

std::unexpected<Failure> failure_of(const store::Failure& failure) {
  return failure_of(errno_of(failure));
}

}  // namespace

KeyValue::Outcome<KeyValue::Bucket> KeyValue::open(std::string_view identifier) const {
  constexpr std::string_view kGeds = "/geds/";
  const auto found = std::ranges::find_if(buckets_, [&](const GivenBucket& given) {
    return given.path == identifier || given.path.substr(kGeds.size()) == identifier;
  });
  if (found == buckets_.end()) return std::unexpected(Failure{Failure::Kind::kNoSuchStore});
  return static_cast<Bucket>(found - buckets_.begin());
}

KeyValue::Outcome<KeyValue::Place> KeyValue::place(Bucket bucket, std::string_view key) const {
  if (bucket >= buckets_.size()) return std::unexpected(Failure{Failure::Kind::kNoSuchStore});
  const auto plain = plain_path(key);
  // As it is, or not at all: two keys must not be one object.
  if (!plain || plain->text != key) {
    return other(
        fmt::format("a key is the names of folders and of an object, between them one '/': "
                    "not \"{}\"",
                    key.substr(0, 100)));
  }
  return Place{*buckets_[bucket].mount, plain->text};
}

KeyValue::Outcome<KeyValue::Place> KeyValue::place_to_change(Bucket bucket,
                                                             std::string_view key) const {
  auto found = place(bucket, key);
  if (found && !found->mount.writable()) return denied();
  return found;
}

KeyValue::Outcome<std::optional<store::View>> KeyValue::get(Bucket bucket,
                                                            std::string_view key) const {
  const auto at = place(bucket, key);
  if (!at) return std::unexpected(at.error());
  // One byte more than is allowed tells that it is too large.
  auto view = at->mount.store().view(at->mount.name_of(at->path), {0, kMaxValueBytes + 1});
  if (!view && view.error().code == store::FailureCode::kNotFound) return std::nullopt;
  if (!view) return failure_of(view.error());
  if (view->bytes().size() > kMaxValueBytes) {
    return other(fmt::format("the value of \"{}\" is larger than {} bytes", key, kMaxValueBytes));
  }
  return *std::move(view);
}

KeyValue::Outcome<void> KeyValue::set(Bucket bucket, std::string_view key,
                                      std::span<const std::byte> value) const {
  const auto at = place_to_change(bucket, key);
  if (!at) return std::unexpected(at.error());
  if (value.size() > kMaxValueBytes) {
    return other(
        fmt::format("a value of {} bytes is larger than {}", value.size(), kMaxValueBytes));
  }
  const auto there = exists(bucket, key);
  if (!there) return std::unexpected(there.error());
  QuotaCount& quotas = at->mount.quotas();
  if (!*there) {
    if (const auto left = quotas.take_object(); !left) return failure_of(left.error());
  }
  Draft draft(at->mount.store(), at->mount.name_of(at->path), *there);
  if (const auto written = draft.write(0, value, quotas); !written) {
    return failure_of(written.error());
  }
  if (const auto sealed = draft.seal(); !sealed) return failure_of(sealed.error());
  return {};
}

KeyValue::Outcome<void> KeyValue::remove(Bucket bucket, std::string_view key) const {
  const auto at = place_to_change(bucket, key);
  if (!at) return std::unexpected(at.error());
  const auto removed = at->mount.store().remove(at->mount.name_of(at->path));
  if (!removed && removed.error().code != store::FailureCode::kNotFound) {
    return failure_of(removed.error());
  }
  return {};
}

KeyValue::Outcome<bool> KeyValue::exists(Bucket bucket, std::string_view key) const {
  const auto at = place(bucket, key);
  if (!at) return std::unexpected(at.error());
  const auto found = at->mount.store().stat(at->mount.name_of(at->path));
  if (found) return true;
  if (found.error().code == store::FailureCode::kNotFound) return false;
  return failure_of(found.error());
}

KeyValue::Outcome<KeyValue::Keys> KeyValue::list(Bucket bucket,
                                                 const std::optional<std::string>& after,
                                                 std::uint64_t skipped) const {
  if (bucket >= buckets_.size()) return std::unexpected(Failure{Failure::Kind::kNoSuchStore});
  BucketMount& mount = *buckets_[bucket].mount;
  const store::ObjectName root = mount.name_of("");
  const auto listing = mount.store().list({root.bucket, root.key, std::nullopt});
  if (!listing) return failure_of(listing.error());
  Keys page;
  for (const store::ListedObject& object : listing->objects) {
    std::string key = object.key.substr(root.key.size());
    // What could not be asked for is not told of: markers of folders, keys with empty names.
    const auto plain = plain_path(key);
    if (!plain || plain->text != key || (after && key <= *after)) continue;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    page.more = page.keys.size() == kPageKeys;
    if (page.more) break;
    page.keys.push_back(std::move(key));
  }
  return page;
}

}  // namespace ionloom::wasi
