#include "store/s3_retries.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace ionloom::store {
namespace {

using Error = arrow::fs::S3RetryStrategy::AWSErrorDetail;

const Error kPassing{0, "slow down", "SlowDown", true};
const Error kRefused{0, "access denied", "AccessDenied", false};
/// What the SDK says of an answer 503 to a read of fewer bytes than the answer's body has.
const Error kBodyDidNotFit{0, "Failed to flush response stream (eof: 0, bad: 1)", "", false};

TEST(S3Retries, ask_again_where_it_may_help_as_often_as_told) {
  const auto retries = s3_retries(3);
  EXPECT_TRUE(retries->ShouldRetry(kPassing, 0));
  EXPECT_TRUE(retries->ShouldRetry(kBodyDidNotFit, 1));
  EXPECT_FALSE(retries->ShouldRetry(kPassing, 2));
  EXPECT_FALSE(retries->ShouldRetry(kRefused, 0));
  EXPECT_FALSE(s3_retries(1)->ShouldRetry(kPassing, 0));
}

TEST(S3Retries, pause_longer_each_time_up_to_a_bound_and_not_all_the_same) {
  const auto retries = s3_retries(100);
  std::int64_t before = 0;
  for (std::int64_t attempt = 0; attempt < 5; ++attempt) {
    const std::int64_t pause = retries->CalculateDelayBeforeNextRetry(kPassing, attempt);
    EXPECT_GT(pause, before);
    before = pause;
  }
  EXPECT_NE(retries->CalculateDelayBeforeNextRetry(kPassing, 3),
            retries->CalculateDelayBeforeNextRetry(kPassing, 3));
  const std::int64_t late = retries->CalculateDelayBeforeNextRetry(kPassing, 90);
  EXPECT_TRUE(late >= 1500 && late <= 2000) << late;
}

}  // namespace
}  // namespace ionloom::store
