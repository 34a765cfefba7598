#pragma once

#include <cstdint>
#include <limits>

#include "wasi/errno.h"

namespace ionloom::wasi {

/// How much a program may take of the stores and folders that it was given, in all of its run.
struct Quotas {
  std::uint64_t written_bytes = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t created_objects = std::numeric_limits<std::uint64_t>::max();  ///< and folders
  std::uint32_t handles = 1024;                                               ///< open at a time
};

/// What of them is left.
class QuotaCount {
 public:
  explicit QuotaCount(const Quotas& quotas) : quotas_(quotas) {}

  /// kDquot when so many more are not left.
  [[nodiscard]] Answer<void> take_bytes(std::uint64_t count) {
    return take(quotas_.written_bytes, count);
  }
  [[nodiscard]] Answer<void> take_object() { return take(quotas_.created_objects, 1); }
  [[nodiscard]] std::uint32_t handles() const { return quotas_.handles; }

 private:
  static Answer<void> take(std::uint64_t& left, std::uint64_t count) {
    if (count > left) return refuse(Errno::kDquot);
    left -= count;
    return {};
  }

  Quotas quotas_;
};

}  // namespace ionloom::wasi
