#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "store/support/s3_server.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

using store::test_support::content;
using store::test_support::S3Server;
using test_support::content_of;

/// The bucket that the S3 server has.
const std::string kBucket = "store-test";
constexpr std::uint64_t kMiB = 1 << 20;

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

TEST_F(S3Locations, relocated_objects_are_read_from_s3_and_their_room_is_free) {
  const auto node = cluster_.node({.memory_bytes = 100 * kMiB});
  ASSERT_TRUE(register_s3());
  const std::string large = content(1, 20 * kMiB + 7);
  ASSERT_TRUE(put(*node, {kBucket, "large"}, large));
  ASSERT_TRUE(put(*node, {kBucket, "d/_$folder$"}, ""));
  ASSERT_TRUE(put(*node, {"other", "stays"}, "text"));
  Peer peer(node->address(), {});
  const auto moved = peer.relocate(kBucket);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->objects, 2U);
  EXPECT_EQ(moved->bytes, large.size());
  EXPECT_EQ(cluster_.metadata().lookup({kBucket, "large"})->info.location,
            "s3://" + kBucket + "/large");
  EXPECT_TRUE(content_of(s3_.bucket_folder() / "large") == large);
  EXPECT_TRUE(std::filesystem::exists(s3_.bucket_folder() / "d/_$folder$"));
  EXPECT_NE(node->metrics().text().find("geds__local_memory_used 64\n"), std::string::npos);
  EXPECT_EQ(peer.relocate("").error().code, StatusCode::kUnavailable) << "nothing for \"other\"";
  node->stop();
  EXPECT_TRUE(read(cluster_.client(), {kBucket, "large"}) == large);
  EXPECT_TRUE(read(cluster_.client(), {kBucket, "large"}, {7 * kMiB, 1000}) ==
              large.substr(7 * kMiB, 1000));
}

TEST_F(S3Locations, what_finds_no_room_on_a_node_goes_to_s3_where_that_is_registered) {
  const test_support::ScratchFolder folder;
  NodeOptions options;
  options.memory_bytes = 4 * kMiB;
  options.disk = DiskSpace{folder / "disk", 8 * kMiB};
  const auto node = cluster_.node(options);
  ASSERT_TRUE(register_s3());
  ASSERT_TRUE(put(*node, {"other", "stays"}, content(99, kMiB)));
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto done = put(*node, {kBucket, "k" + std::to_string(i)}, content(i, 1500000));
    ASSERT_TRUE(done) << i << done.error().message;
  }
  const auto listing = cluster_.metadata().list({kBucket, ""}, 0);
  ASSERT_TRUE(listing);
  const auto in_s3 = std::ranges::count_if(listing->objects, [](const Object& object) {
    return object.info.location.starts_with("s3://");
  });
  EXPECT_GE(in_s3, 12) << "of 20, more than 8 of which the node has no room for";
  EXPECT_LT(in_s3, 20);
  for (std::uint64_t i = 0; i < 20; ++i) {
    EXPECT_TRUE(read(cluster_.client(), {kBucket, "k" + std::to_string(i)}) == content(i, 1500000));
  }
  EXPECT_TRUE(read(cluster_.client(), {"other", "stays"}) == content(99, kMiB));
  bool refused = false;
  for (std::uint64_t i = 0; i < 20 && !refused; ++i) {
    refused = !put(*node, {"other", "k" + std::to_string(i)}, content(i, 1500000));
  }
  EXPECT_TRUE(refused) << "no S3 store is registered for \"other\"";
}

TEST_F(S3Locations, a_node_that_leaves_for_s3_loses_nothing) {
  const auto node = cluster_.node();
  ASSERT_TRUE(register_s3());
  ASSERT_TRUE(put(*node, {kBucket, "a"}, "text"));
  test_support::put(s3_.bucket_folder() / "a", "from long ago");
  const auto left = node->leave_for_s3();
  ASSERT_TRUE(left);
  EXPECT_EQ(left->objects, 1U);
  EXPECT_FALSE(left->why) << left->why->message;
  EXPECT_EQ(put(*node, {kBucket, "b"}, "late").error().code, StatusCode::kUnavailable);
  node->stop();
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}), "text");
}

TEST_F(S3Locations, what_s3_does_not_take_stays_on_the_node) {
  const auto node = cluster_.node();
  ASSERT_TRUE(register_s3());
  ASSERT_TRUE(put(*node, {kBucket, "a"}, "text"));
  s3_.kill();
  EXPECT_EQ(node->relocate(kBucket)->stayed, 1U);
  EXPECT_EQ(read(cluster_.client(), {kBucket, "a"}), "text");
}

}  // namespace
}  // namespace ionloom::geds
