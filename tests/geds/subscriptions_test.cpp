#include "geds/subscriptions.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

using Names = std::vector<std::string>;

TEST(Subscriptions, bucket_object_and_prefix_reach_their_subscribers_once_each) {
  Subscriptions all;
  EXPECT_TRUE(all.subscribe({SubscriptionKind::kBucket, "whole", "bucket", ""}));
  EXPECT_TRUE(all.subscribe({SubscriptionKind::kObject, "one", "bucket", "d/x"}));
  EXPECT_TRUE(all.subscribe({SubscriptionKind::kPrefix, "folder", "bucket", "d/"}));
  EXPECT_TRUE(all.subscribe({SubscriptionKind::kPrefix, "whole", "bucket", "d"}));
  EXPECT_EQ(all.subscribers_of({"bucket", "d/x"}), (Names{"folder", "one", "whole"}));
  EXPECT_EQ(all.subscribers_of({"bucket", "d/y"}), (Names{"folder", "whole"}));
  EXPECT_EQ(all.subscribers_of({"bucket", "a"}), (Names{"whole"}));
  EXPECT_EQ(all.subscribers_of({"other", "d/x"}), Names{});
}

TEST(Subscriptions, what_is_unsubscribed_is_forgotten) {
  Subscriptions all;
  const Subscription prefix{SubscriptionKind::kPrefix, "me", "bucket", "d/"};
  EXPECT_TRUE(all.subscribe(prefix));
  EXPECT_TRUE(all.subscribe(prefix)) << "twice is the same as once";
  EXPECT_TRUE(all.unsubscribe(prefix));
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(all.unsubscribe(prefix).error().code, StatusCode::kNotFound);
}

TEST(Subscriptions, a_subscriber_is_forgotten_with_all_its_subscriptions_and_no_others) {
  Subscriptions all;
  for (const std::string subscriber : {"me", "you"}) {
    EXPECT_TRUE(all.subscribe({SubscriptionKind::kBucket, subscriber, "whole", ""}));
    EXPECT_TRUE(all.subscribe({SubscriptionKind::kObject, subscriber, "bucket", "d/x"}));
    EXPECT_TRUE(all.subscribe({SubscriptionKind::kPrefix, subscriber, "bucket", "d/"}));
  }
  all.forget("me");
  EXPECT_EQ(all.subscribers_of({"bucket", "d/x"}), Names{"you"});
  EXPECT_EQ(all.subscribers_of({"whole", "a"}), Names{"you"});
  all.forget("you");
  EXPECT_TRUE(all.empty());
}

TEST(Subscriptions, a_subscription_without_kind_or_subscriber_is_refused) {
  Subscriptions all;
  EXPECT_FALSE(all.subscribe({SubscriptionKind::kNone, "me", "bucket", ""}));
  EXPECT_FALSE(all.subscribe({SubscriptionKind::kBucket, "", "bucket", ""}));
  EXPECT_TRUE(all.empty());
}

}  // namespace
}  // namespace ionloom::geds
