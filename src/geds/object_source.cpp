#include "geds/object_source.h"

#include <algorithm>
#include <optional>

#include "geds/names.h"
#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kMaxKnown = 4096;

}  // namespace

Outcome<Object> ObjectSource::look_up(const store::ObjectName& name) {
  const ObjectId id = root_.id(name);
  if (auto fine = check_key(id.key); !fine) return std::unexpected(fine.error());
  auto object = metadata_.lookup(id);
  keep(name, object);
  return object;
}

void ObjectSource::keep(const store::ObjectName& name, const Outcome<Object>& object) {
  const std::scoped_lock lock(mutex_);
  if (!object) {
    known_.erase(name);
    return;
  }
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.insert_or_assign(name, *object);
}

store::Outcome<store::ObjectInfo> ObjectSource::stat(const store::ObjectName& name) {
  const auto object = look_up(name);
  if (!object) return std::unexpected(to_failure(object.error(), name.text()));
  return store::ObjectInfo{object->info.size_bytes, std::nullopt};
}

store::Outcome<std::vector<std::uint64_t>> ObjectSource::block_checksums(
    const store::ObjectName& /*name*/) {
  return std::vector<std::uint64_t>{};
}

store::Outcome<std::size_t> ObjectSource::read(const store::ObjectName& name,
                                               std::uint64_t offset_bytes,
                                               std::span<std::byte> into) {
  std::optional<Object> known;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = known_.find(name); found != known_.end()) known = found->second;
  }
  std::size_t count = 0;
  const auto read =
      client_.read_somewhere(root_.id(name), known, [&](const Object& object) -> Outcome<void> {
        const auto got = client_.read_at(object, offset_bytes, into);
        if (!got && got.error().code == StatusCode::kNotFound) {
          return refuse(StatusCode::kUnavailable,
                        "is known to the metadata server, but is not there");
        }
        if (!got) return std::unexpected(got.error());
        count = *got;
        return {};
      });
  if (!read || !known || read->info.location != known->info.location) keep(name, read);
  if (!read) return std::unexpected(to_failure(read.error(), name.text()));
  return count;
}

store::Outcome<store::Listing> ObjectSource::list(const store::ListQuery& query) {
  const auto found =
      metadata_.list(root_.id(query.bucket, query.prefix), query.delimiter.value_or('\0'));
  store::Listing listing;
  if (!found && found.error().code == StatusCode::kNotFound) return listing;
  if (!found) return std::unexpected(to_failure(found.error(), query.bucket));
  for (const Object& object : found->objects) {
    if (auto key = root_.key_in(query.bucket, object.id)) {
      listing.objects.push_back({*std::move(key), object.info.size_bytes});
    }
  }
  const ObjectId start = root_.id(query.bucket, "");
  for (const std::string& prefix : found->common_prefixes) {
    if (auto key = root_.key_in(query.bucket, {start.bucket, prefix})) {
      listing.common_prefixes.push_back(*std::move(key));
    }
  }
  // IBM's Go server lists in any order.
  std::ranges::sort(listing.objects, {}, &store::ListedObject::key);
  std::ranges::sort(listing.common_prefixes);
  return listing;
}

store::Outcome<void> ObjectSource::remove(const store::ObjectName& name) {
  {
    const std::scoped_lock lock(mutex_);
    known_.erase(name);
  }
  const auto removed = client_.remove(root_.id(name));
  if (!removed) return std::unexpected(to_failure(removed.error(), name.text()));
  return {};
}

}  // namespace ionloom::geds
