#pragma once

#include <memory>
#include <string>

#include "store/object_store.h"

namespace ionloom::store {

struct S3Options {
  /// What stands before "BUCKET/KEY" in S3: "s3-bucket/prefix/", or "" when the store's buckets are
  /// buckets of S3.
  std::string root;
  std::string endpoint;    ///< "host:port" of another service than Amazon's; "" for Amazon's
  bool tls = true;         ///< https
  std::string region;      ///< "": from the environment, as the AWS tools do
  std::string access_key;  ///< "": AWS's chain of environment, profile and machine role
  std::string secret_key;
  int attempts = 8;  ///< of each request, with growing pauses: 7 s in all
  /// Keep checksums of blocks. Without them only the bytes that are asked for are read, unverified:
  /// for objects that have checksums inside.
  bool checksums = true;
  double connect_timeout_s = 2;   ///< of each attempt
  double request_timeout_s = 30;  ///< of each attempt
};

/// Objects in S3 or a service that speaks its protocol, through Apache Arrow: large ones are sent
/// in parts, and failed requests are sent again. The bytes are kept as they are; the checksums of
/// the blocks in an object of their own, ".ionloom/checksums/KEY" in the same bucket. Objects that
/// other programs put there can be read too, but not verified: they have no `checksum`.
class S3Tier final : public ObjectStore {
 public:
  /// Reaches for nothing yet. kRemote when there are no credentials.
  [[nodiscard]] static Outcome<std::unique_ptr<S3Tier>> open(const S3Options& options);

  ~S3Tier() override;

  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override;
  Outcome<ObjectInfo> stat(const ObjectName& name) override;
  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
  Outcome<Listing> list(const ListQuery& query) override;
  Outcome<void> remove(const ObjectName& name) override;
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override;
  /// Without limit; what is used is not known.
  Usage usage() const override;

 private:
  class Writer;
  struct Parts;
  struct Known;

  explicit S3Tier(std::unique_ptr<Parts> parts);
  [[nodiscard]] Outcome<Known> look_up(const ObjectName& name);
  [[nodiscard]] Outcome<View> view_of(const ObjectName& name, ByteRange range, const Known& known);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ionloom::store
