#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "store/support/s3_server.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

using store::test_support::S3Server;
using test_support::content_of;

/// The bucket that the S3 server has.
const std::string kBucket = "store-test";

class S3Locations : public testing::Test {
 protected:
  void SetUp() override {
    if (!s3_.absence().empty()) GTEST_SKIP() << s3_.absence();
  }

  Outcome<void> register_s3() {
    return cluster_.metadata().register_store(
        {kBucket, "http://" + s3_.endpoint(), S3Server::kAccessKey, S3Server::kSecretKey});
  }

  S3Server s3_;
  GedsCluster cluster_;
};

TEST_F(S3Locations, what_lies_in_a_registered_store_is_there_and_read_by_range) {
  std::filesystem::create_directories(s3_.bucket_folder() / "d/empty");
  std::filesystem::create_directories(s3_.bucket_folder() / "f");
  test_support::put(s3_.bucket_folder() / "a", "0123456789");
  test_support::put(s3_.bucket_folder() / "d/x", "deeper");
  test_support::put(s3_.bucket_folder() / "f/_$folder$", "");
  const auto registered = register_s3();
  ASSERT_TRUE(registered) << registered.error().message;
  const auto listing = cluster_.metadata().list({kBucket, ""}, '\0');
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->objects.size(), 3U);
  const Object a{{kBucket, "a"}, {"s3://" + kBucket + "/a", 10, 10, std::nullopt}};
  EXPECT_EQ(listing->objects[0], a);
  EXPECT_EQ(listing->objects[1].id.key, "d/x");
  EXPECT_EQ(listing->objects[2].id.key, "f/_$folder$");
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}), "0123456789");
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}, {3, 4}), "3456");
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}, {8, 100}), "89");
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}, {10, 1}), "");
  EXPECT_EQ(read(cluster_.client(), {kBucket, "f/_$folder$"}), "");
}

TEST_F(S3Locations, registering_again_adds_what_is_new_and_leaves_what_is_known) {
  const auto node = cluster_.node();
  ASSERT_TRUE(put(*node, {kBucket, "a"}, "in memory"));
  test_support::put(s3_.bucket_folder() / "a", "in S3");
  ASSERT_TRUE(register_s3());
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}), "in memory");
  test_support::put(s3_.bucket_folder() / "b", "later");
  ASSERT_TRUE(register_s3());
  EXPECT_EQ(read(cluster_.client(), {kBucket, "b"}), "later");
}

TEST_F(S3Locations, a_removed_object_is_removed_from_s3) {
  test_support::put(s3_.bucket_folder() / "a", "text");
  ASSERT_TRUE(register_s3());
  ASSERT_TRUE(cluster_.client().remove({kBucket, "a"}));
  EXPECT_FALSE(std::filesystem::exists(s3_.bucket_folder() / "a"));
}

TEST_F(S3Locations, an_object_in_a_store_that_is_gone_is_unavailable) {
  test_support::put(s3_.bucket_folder() / "a", "text");
  ASSERT_TRUE(register_s3());
  s3_.kill();
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}), "UNAVAILABLE");
  ASSERT_TRUE(cluster_.metadata().ensure_bucket("other"));
  ASSERT_TRUE(cluster_.metadata().create({{"other", "a"}, {"s3://other/a", 4, 4, std::nullopt}}));
  EXPECT_EQ(read(cluster_.client(), {"other", "a"}), "FAILED_PRECONDITION") << "nothing registered";
}

}  // namespace
}  // namespace ionloom::geds
