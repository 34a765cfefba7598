#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "geds/metadata_client.h"
#include "geds/object.h"
#include "geds/status.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// Opens the S3 store that a registration names; "BUCKET/KEY" in it is the key of that bucket of
/// S3. Reaches for nothing yet. Without an access key, AWS's chain of credentials is used.
/// @param attempts of each request
[[nodiscard]] Outcome<std::unique_ptr<store::ObjectStore>> open_s3_store(
    const ObjectStoreConfig& config, int attempts);

/// What lies in the S3 bucket of a registration, with locations s3://BUCKET/KEY: what
/// RegisterObjectStore adds to the metadata.
[[nodiscard]] Outcome<std::vector<Object>> list_s3_store(const ObjectStoreConfig& config);

/// The S3 stores behind buckets, as the metadata server knows them. Thread-safe.
class S3Stores {
 public:
  /// @param metadata must outlive this
  explicit S3Stores(MetadataClient& metadata) : metadata_(metadata) {}

  /// FAILED_PRECONDITION when no store is registered for the bucket. What is registered meanwhile
  /// is known within a few seconds.
  [[nodiscard]] Outcome<std::shared_ptr<store::ObjectStore>> of(const std::string& bucket);

  /// The buckets that have one.
  [[nodiscard]] Outcome<std::vector<std::string>> buckets();

 private:
  struct Known {
    ObjectStoreConfig config;
    std::shared_ptr<store::ObjectStore> store;  ///< none until it is asked for
  };
  /// Asks the server, unless it just has. Under the lock.
  Outcome<void> refresh();

  MetadataClient& metadata_;
  std::mutex mutex_;
  std::map<std::string, Known> stores_;
  std::chrono::steady_clock::time_point fresh_until_;
};

}  // namespace ionloom::geds
