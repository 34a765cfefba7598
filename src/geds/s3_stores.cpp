#include "geds/s3_stores.h"

#include <optional>
#include <string_view>
#include <utility>

#include "geds/names.h"
#include "geds/store_failure.h"
#include "store/s3_tier.h"

namespace ionloom::geds {
namespace {

/// So long the server's answer is used without asking again.
constexpr std::chrono::seconds kFresh{2};
constexpr int kAttempts = 3;

/// The region in "s3.eu-west-1.amazonaws.com"; services other than Amazon's do not care.
std::string region_of(std::string_view endpoint) {
  constexpr std::string_view kFront = "s3.";
  const auto end = endpoint.find(".amazonaws.com");
  if (end == std::string_view::npos || end <= kFront.size() || !endpoint.starts_with(kFront)) {
    return "us-east-1";
  }
  return std::string(endpoint.substr(kFront.size(), end - kFront.size()));
}

}  // namespace

Outcome<std::unique_ptr<store::ObjectStore>> open_s3_store(const ObjectStoreConfig& config,
                                                           int attempts) {
  store::S3Options options;
  std::string_view endpoint = config.endpoint_url;
  // As IBM's client: whatever does not say https:// is plain HTTP.
  options.tls = endpoint.starts_with("https://");
  if (const auto scheme = endpoint.find("://"); scheme != std::string_view::npos) {
    endpoint.remove_prefix(scheme + 3);
  }
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  options.endpoint = endpoint;
  options.region = region_of(endpoint);
  options.access_key = config.access_key;
  options.secret_key = config.secret_key;
  options.attempts = attempts;
  auto opened = store::S3Tier::open(options);
  if (!opened) return std::unexpected(to_status(opened.error()));
  return *std::move(opened);
}

Outcome<std::vector<Object>> list_s3_store(const ObjectStoreConfig& config) {
  if (auto fine = check_bucket_name(config.bucket); !fine) return std::unexpected(fine.error());
  const auto store = open_s3_store(config, 1);
  if (!store) return std::unexpected(store.error());
  const auto listing = (*store)->list({config.bucket, "", std::nullopt});
  if (!listing) return std::unexpected(to_status(listing.error()));
  std::vector<Object> found;
  found.reserve(listing->objects.size());
  for (const store::ListedObject& object : listing->objects) {
    const ObjectId id{config.bucket, object.key};
    if (has_control_characters(object.key)) continue;
    found.push_back({id, {s3_location(id), object.size_bytes, object.size_bytes, std::nullopt}});
  }
  return found;
}

Outcome<void> S3Stores::refresh() {
  const auto now = std::chrono::steady_clock::now();
  if (now < fresh_until_) return {};
  const auto configs = metadata_.stores();
  if (!configs) return std::unexpected(configs.error());
  std::map<std::string, Known> stores;
  for (const ObjectStoreConfig& config : *configs) {
    const auto known = stores_.find(config.bucket);
    const bool same = known != stores_.end() && known->second.config == config;
    stores.emplace(config.bucket, same ? known->second : Known{config, nullptr});
  }
  stores_ = std::move(stores);
  fresh_until_ = now + kFresh;
  return {};
}

Outcome<std::shared_ptr<store::ObjectStore>> S3Stores::of(const std::string& bucket) {
  const std::scoped_lock lock(mutex_);
  if (auto done = refresh(); !done) return std::unexpected(done.error());
  const auto found = stores_.find(bucket);
  if (found == stores_.end()) {
    return refuse(StatusCode::kFailedPrecondition,
                  "no S3 store is registered for the bucket " + bucket);
  }
  Known& known = found->second;
  if (!known.store) {
    auto opened = open_s3_store(known.config, kAttempts);
    if (!opened) return std::unexpected(opened.error());
    known.store = *std::move(opened);
  }
  return known.store;
}

Outcome<std::vector<std::string>> S3Stores::buckets() {
  const std::scoped_lock lock(mutex_);
  if (auto done = refresh(); !done) return std::unexpected(done.error());
  std::vector<std::string> names;
  names.reserve(stores_.size());
  for (const auto& [bucket, known] : stores_) names.push_back(bucket);
  return names;
}

}  // namespace ionloom::geds
