#include <utility>

#include <arrow/filesystem/s3fs.h>
#include <arrow/io/interfaces.h>

#include "bench/store/place.h"

namespace ionloom::bench {
namespace {

namespace fs = arrow::fs;

template <class T>
T checked(arrow::Result<T> result) {
  if (!result.ok()) give_up(result.status().message());
  return *std::move(result);
}

void check(const arrow::Status& status) {
  if (!status.ok()) give_up(status.message());
}

/// An S3 service through Arrow's client, without our checksums beside the objects.
class S3Place final : public Place {
 public:
  S3Place(std::shared_ptr<fs::S3FileSystem> s3, std::string bucket)
      : s3_(std::move(s3)), bucket_(std::move(bucket)) {}

  S3Place(const S3Place&) = delete;
  S3Place& operator=(const S3Place&) = delete;
  /// The library must be stopped before the process ends; there is one place in it.
  ~S3Place() override {
    s3_.reset();
    check(fs::EnsureS3Finalized());
  }

  void put(const std::string& key, std::span<const std::byte> bytes) override {
    const auto stream = checked(s3_->OpenOutputStream(path_of(key), nullptr));
    check(stream->Write(bytes.data(), static_cast<std::int64_t>(bytes.size())));
    check(stream->Close());
  }

  std::span<const std::byte> get(const std::string& key, std::span<std::byte> buffer) override {
    const auto file = checked(s3_->OpenInputFile(path_of(key)));
    const auto count =
        checked(file->ReadAt(0, static_cast<std::int64_t>(buffer.size()), buffer.data()));
    return buffer.first(static_cast<std::size_t>(count));
  }

  void remove(const std::string& key) override { check(s3_->DeleteFile(path_of(key))); }

 private:
  [[nodiscard]] std::string path_of(const std::string& key) const { return bucket_ + "/" + key; }

  std::shared_ptr<fs::S3FileSystem> s3_;
  std::string bucket_;
};

}  // namespace

std::unique_ptr<Place> open_s3_place(std::string_view address) {
  check(fs::EnsureS3Initialized());
  const auto slash = address.find('/');
  fs::S3Options options = fs::S3Options::Defaults();
  options.region = "us-east-1";
  options.scheme = "http";
  options.endpoint_override = address.substr(0, slash);
  return std::make_unique<S3Place>(checked(fs::S3FileSystem::Make(options)),
                                   std::string(address.substr(slash + 1)));
}

}  // namespace ionloom::bench
