#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/object_store.h"
#include "wasi/bucket_mount.h"

namespace ionloom::wasi {

/// A bucket as a component sees it: opened by its mount's path or by what follows "/geds/" in it.
struct GivenBucket {
  std::string path;  ///< "/geds/bucket"
  std::shared_ptr<BucketMount> mount;
};

/// The store and batch of wasi:keyvalue over mounted buckets (docs/formats/wasi-keyvalue.md): a key
/// is an object's key below the mount. One thread at a time.
class KeyValue {
 public:
  /// A larger value is refused: every byte of one takes 32 bytes on its way through the interface.
  static constexpr std::uint64_t kMaxValueBytes = std::uint64_t{2} << 20;
  static constexpr std::size_t kPageKeys = 1000;

  struct Failure {
    enum class Kind : std::uint8_t { kNoSuchStore, kAccessDenied, kOther };
    Kind kind = Kind::kOther;
    std::string words = {};  ///< of kOther
  };
  template <class T>
  using Outcome = std::expected<T, Failure>;
  /// A bucket's number, by which it is known from open() on.
  using Bucket = std::uint32_t;

  explicit KeyValue(std::vector<GivenBucket> buckets) : buckets_(std::move(buckets)) {}

  [[nodiscard]] Outcome<Bucket> open(std::string_view identifier) const;
  /// Nothing when there is no such key.
  [[nodiscard]] Outcome<std::optional<store::View>> get(Bucket bucket, std::string_view key) const;
  /// What the key had is replaced.
  [[nodiscard]] Outcome<void> set(Bucket bucket, std::string_view key,
                                  std::span<const std::byte> value) const;
  /// Nothing, not a failure, when there is no such key.
  [[nodiscard]] Outcome<void> remove(Bucket bucket, std::string_view key) const;
  [[nodiscard]] Outcome<bool> exists(Bucket bucket, std::string_view key) const;

  struct Keys {
    std::vector<std::string> keys;  ///< ascending, kPageKeys at most
    bool more = false;
  };
  /// Those behind `after`, or behind the first `skipped`.
  [[nodiscard]] Outcome<Keys> list(Bucket bucket, const std::optional<std::string>& after,
                                   std::uint64_t skipped = 0) const;

 private:
  struct Place {
    BucketMount& mount;
    std::string path;
  };
  [[nodiscard]] Outcome<Place> place(Bucket bucket, std::string_view key) const;
  [[nodiscard]] Outcome<Place> place_to_change(Bucket bucket, std::string_view key) const;

  std::vector<GivenBucket> buckets_;
};

}  // namespace ionloom::wasi
