#include "geds/publisher.h"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

using std::chrono::seconds;

struct CountingSink final : EventSink {
  void deliver(const Event& /*event*/) override { ++delivered; }
  void replaced() override {}
  int delivered = 0;
};

class PublisherTest : public testing::Test {
 protected:
  void subscribe(const std::string& subscriber, const std::string& key = "") {
    const auto kind = key.empty() ? SubscriptionKind::kBucket : SubscriptionKind::kObject;
    ASSERT_TRUE(publisher_.subscribe({kind, subscriber, "bucket", key}, now_));
  }
  std::size_t publish() {
    return publisher_.publish({Publication::kDelete, {{"bucket", "a"}, {}}});
  }

  Publisher publisher_;
  Publisher::Clock::time_point now_ = Publisher::Clock::now();
  std::shared_ptr<CountingSink> sink_ = std::make_shared<CountingSink>();
};

TEST_F(PublisherTest, a_stream_that_comes_back_within_a_minute_finds_its_subscriptions) {
  subscribe("me");
  publisher_.attach("me", sink_);
  EXPECT_EQ(publish(), 1U);
  publisher_.detach("me", sink_.get(), now_);
  EXPECT_EQ(publish(), 0U) << "events without a stream are dropped";
  now_ += seconds(59);
  publisher_.attach("me", sink_);
  now_ += seconds(600);
  subscribe("other");
  EXPECT_EQ(publish(), 1U);
  EXPECT_EQ(sink_->delivered, 2);
}

TEST_F(PublisherTest, the_subscriptions_of_one_that_was_killed_end) {
  subscribe("killed");
  subscribe("killed", "a");
  subscribe("waits for its stream");
  publisher_.attach("killed", sink_);
  publisher_.detach("killed", sink_.get(), now_);
  now_ += seconds(60);
  subscribe("other");
  publisher_.attach("killed", sink_);  // a new process of that name
  EXPECT_EQ(publish(), 0U);
  EXPECT_EQ(
      publisher_.unsubscribe({SubscriptionKind::kObject, "killed", "bucket", "a"}).error().code,
      StatusCode::kNotFound);
  EXPECT_TRUE(
      publisher_.unsubscribe({SubscriptionKind::kBucket, "waits for its stream", "bucket", ""}));
}

}  // namespace
}  // namespace ionloom::geds
