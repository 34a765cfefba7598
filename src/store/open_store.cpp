#include "store/open_store.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "store/disk_tier.h"
#include "store/memory_tier.h"
#include "store/s3_tier.h"
#include "store/shared_memory_tier.h"

namespace ionloom::store {
namespace {

std::unexpected<Failure> bad_url(std::string_view url, std::string_view why) {
  return refuse(FailureCode::kBadName, std::string(url),
                fmt::format("{}; a store is memory:, shared:/dev/shm/FOLDER, file:/FOLDER or "
                            "s3://BUCKET/PREFIX",
                            why));
}

template <class Tier>
Outcome<std::unique_ptr<ObjectStore>> open_folder(std::string_view url, std::string_view folder,
                                                  std::uint64_t limit_bytes) {
  // file:///folder is file:/folder.
  if (folder.starts_with("///")) folder.remove_prefix(2);
  if (!folder.starts_with('/') || folder.starts_with("//")) {
    return bad_url(url, "needs the full path of a folder");
  }
  auto opened = Tier::open(std::filesystem::path(folder), limit_bytes);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::unique_ptr<ObjectStore>(std::move(*opened));
}

/// The value of `name` in "a=1&b=2"; "" when it is not there.
std::string_view value_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return {};
}

Outcome<std::unique_ptr<ObjectStore>> open_s3(std::string_view url, std::string_view place) {
  const auto question = place.find('?');
  const auto query = question == std::string_view::npos ? "" : place.substr(question + 1);
  place = place.substr(0, question);
  while (place.ends_with('/')) place.remove_suffix(1);
  if (auto bucket = check_bucket(place.substr(0, place.find('/'))); !bucket) {
    return bad_url(url, bucket.error().what);
  }
  S3Options options;
  options.root = std::string(place) + "/";
  options.region = value_of(query, "region");
  const auto checksums = value_of(query, "checksums");
  if (!checksums.empty() && checksums != "none") {
    return bad_url(url, fmt::format("checksums={} is not known, only none", checksums));
  }
  options.checksums = checksums.empty();
  auto endpoint = value_of(query, "endpoint");
  if (endpoint.starts_with("http://")) options.tls = false;
  if (const auto scheme = endpoint.find("://"); scheme != std::string_view::npos) {
    endpoint.remove_prefix(scheme + 3);
  }
  options.endpoint = endpoint;
  auto opened = S3Tier::open(options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::unique_ptr<ObjectStore>(std::move(*opened));
}

}  // namespace

Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url, const StoreLimits& limits) {
  if (url == "memory:") return std::make_unique<MemoryTier>(limits.memory_bytes);
  const auto behind = [&](std::string_view scheme) { return url.substr(scheme.size()); };
  if (url.starts_with("file:")) {
    return open_folder<DiskTier>(url, behind("file:"), limits.disk_bytes);
  }
  if (url.starts_with("shared:")) {
    return open_folder<SharedMemoryTier>(url, behind("shared:"), limits.memory_bytes);
  }
  if (url.starts_with("s3://")) return open_s3(url, behind("s3://"));
  return bad_url(url, "is not the URL of a store");
}

}  // namespace ionloom::store
