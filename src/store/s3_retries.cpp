#include "store/s3_retries.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

namespace ionloom::store {
namespace {

using arrow::fs::S3RetryStrategy;

constexpr std::int64_t kFirstPause_ms = 100;
constexpr std::int64_t kLongestPause_ms = 2000;

class Retries final : public S3RetryStrategy {
 public:
  explicit Retries(std::int64_t attempts) : attempts_(attempts) {}

  bool ShouldRetry(const AWSErrorDetail& error, std::int64_t attempted_retries) override {
    if (attempted_retries + 1 >= attempts_) return false;
    return error.should_retry || error.message.find("flush response stream") != std::string::npos;
  }

  /// Twice as long each time. Of those who fail at the same time each pauses a little differently,
  /// so that they do not come back at the same time.
  std::int64_t CalculateDelayBeforeNextRetry(const AWSErrorDetail& /*error*/,
                                             std::int64_t attempted_retries) override {
    const std::int64_t pause =
        std::min(kLongestPause_ms, kFirstPause_ms << std::min<std::int64_t>(attempted_retries, 8));
    return pause - pause / 4 * (pauses_++ % 4) / 3;
  }

 private:
  std::int64_t attempts_;
  std::atomic<std::int64_t> pauses_ = 0;
};

}  // namespace

std::shared_ptr<S3RetryStrategy> s3_retries(int attempts) {
  return std::make_shared<Retries>(attempts);
}

}  // namespace ionloom::store
