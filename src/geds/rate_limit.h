#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

namespace ionloom::geds {

/// A token bucket: what all its users take together keeps to a rate, but for what fits into 50 ms.
/// Thread-safe.
class RateLimit {
 public:
  /// REQUIRES: bytes_s > 0.
  explicit RateLimit(double bytes_s) : bytes_s_(bytes_s) {}

  /// Returns once so many bytes may have passed.
  void take(std::size_t bytes);

  /// Bytes to pass at a time, so that nobody stands still for long.
  [[nodiscard]] std::size_t piece_bytes() const;

 private:
  using Clock = std::chrono::steady_clock;

  double bytes_s_;
  std::mutex mutex_;
  Clock::time_point passed_{};  ///< when what was taken so far has passed at the rate
};

}  // namespace ionloom::geds
