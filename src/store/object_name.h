#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "store/failure.h"

namespace ionloom::store {

inline constexpr std::size_t kMaxBucketBytes = 63;  ///< as S3
inline constexpr std::size_t kMaxKeyBytes = 1024;   ///< as S3

/// Name of an object. Buckets are flat and need not be made first; keys may contain '/'.
struct ObjectName {
  std::string bucket;
  std::string key;

  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;

  [[nodiscard]] std::string text() const { return bucket + "/" + key; }
};

/// [a-z0-9][a-z0-9.-]+[a-z0-9], at most 63 bytes, not beginning with "xn--", without "..".
[[nodiscard]] Outcome<void> check_bucket(std::string_view bucket);

/// Whether a key, or the beginning of one, has only bytes that a key may have: at most 1024, no
/// control characters.
[[nodiscard]] Outcome<void> check_prefix(std::string_view prefix);

/// Bucket and key. A key has 1 to 1024 bytes and no control characters; it does not begin or end
/// with '/', has no part "." or ".." and does not begin with ".ionloom/", which the store keeps for
/// itself. The failure (kBadName) quotes what was found.
[[nodiscard]] Outcome<void> check_name(const ObjectName& name);

}  // namespace ionloom::store
