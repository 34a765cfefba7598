#include "store/s3_tier.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "store/memory_tier.h"
#include "store/support/s3_server.h"
#include "store/support/store_history.h"
#include "store/tiered_store.h"

namespace ionloom::store {
namespace {

using test_support::bytes_of;
using test_support::content;
using test_support::S3Server;
using test_support::text_of;

constexpr std::uint64_t kMiB = 1 << 20;
const ObjectName kName{"bucket", "folder/key"};

class S3 : public testing::Test {
 protected:
  void SetUp() override {
    if (!server_.absence().empty()) GTEST_SKIP() << server_.absence();
    store_ = open(3);
  }

  std::unique_ptr<S3Tier> open(int attempts) {
    auto opened = S3Tier::open({.root = "store-test/a prefix/",
                                .endpoint = server_.endpoint(),
                                .tls = false,
                                .region = "us-east-1",
                                .access_key = S3Server::kAccessKey,
                                .secret_key = S3Server::kSecretKey,
                                .attempts = attempts});
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }
  std::filesystem::path file() const {
    return server_.bucket_folder() / "a prefix/bucket/folder/key";
  }

  S3Server server_;
  std::unique_ptr<S3Tier> store_;
};

TEST_F(S3, answers_as_a_map_does) {
  // The server keeps objects in a folder tree, so that it cannot have "a" beside "a/b".
  const std::vector<std::string> keys = {"a/b", "a/c/d", "a+/b", "b%2B", "e f"};
  rc::detail::TestParams few;
  few.maxSuccess = 15;
  few.maxSize = 20;
  const auto result = rc::detail::checkTestable(
      [&] { expect_answers_of_a_map(*store_, *test_support::histories(3 * kMiB), keys); },
      rc::detail::TestMetadata(), few);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << testing::PrintToString(result);
}

TEST_F(S3, bytes_are_kept_as_they_are_for_other_programs_and_theirs_can_be_read) {
  ASSERT_TRUE(store_->put(kName, bytes_of("text")));
  EXPECT_EQ(ionloom::test_support::content_of(file()), "text");
  EXPECT_TRUE(store_->stat(kName)->checksum);
  ionloom::test_support::put(file().parent_path() / "foreign", "theirs");
  const ObjectName foreign{"bucket", "folder/foreign"};
  const auto view = store_->view(foreign, {1, 3});
  ASSERT_TRUE(view) << view.error().message();
  EXPECT_EQ(text_of(view->bytes()), "hei");
  EXPECT_FALSE(store_->stat(foreign)->checksum);
}

TEST_F(S3, an_object_of_several_parts_is_whole) {
  const std::string bytes = content(1, 25 * kMiB + 3);
  auto writer = store_->create(kName);
  ASSERT_TRUE(writer) << writer.error().message();
  for (std::size_t at = 0; at < bytes.size(); at += 4 * kMiB) {
    ASSERT_TRUE((*writer)->append(
        bytes_of(bytes).subspan(at, std::min<std::size_t>(4 * kMiB, bytes.size() - at))));
  }
  EXPECT_FALSE(store_->stat(kName));
  ASSERT_TRUE((*writer)->seal());
  const auto again = open(3);
  EXPECT_EQ(text_of(again->view(kName, {20 * kMiB - 1, 5 * kMiB})->bytes()),
            bytes.substr(20 * kMiB - 1, 5 * kMiB));
}

TEST_F(S3, a_writer_that_goes_away_leaves_nothing) {
  {
    auto writer = store_->create(kName);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(bytes_of(content(1, 12 * kMiB))));
  }
  EXPECT_FALSE(store_->stat(kName));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(S3, a_damaged_block_is_named_and_the_others_are_read) {
  const std::string bytes = content(1, 2 * kMiB + 3);
  ASSERT_TRUE(store_->put(kName, bytes_of(bytes)));
  {
    std::fstream stored(file(), std::ios::binary | std::ios::in | std::ios::out);
    stored.seekp(kMiB + 1);
    stored.put(static_cast<char>(bytes[kMiB + 1] ^ 1));
  }
  EXPECT_EQ(text_of(store_->view(kName, {5, 10})->bytes()), bytes.substr(5, 10));
  const auto damaged = store_->view(kName, {kMiB, 10});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, FailureCode::kCorrupt);
  EXPECT_NE(damaged.error().message().find("bucket/folder/key: s3://store-test/a prefix/bucket/"
                                           "folder/key: block 1 "),
            std::string::npos)
      << damaged.error().message();
}

TEST_F(S3, what_another_process_has_deleted_or_put_anew_is_seen) {
  const auto other = open(3);
  ASSERT_TRUE(store_->put(kName, bytes_of("0123456789")));
  EXPECT_EQ(text_of(store_->view(kName, {2, 3})->bytes()), "234");
  ASSERT_TRUE(other->remove(kName));
  const auto gone = store_->view(kName, {2, 3});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, FailureCode::kNotFound) << gone.error().message();
  for (const std::string text : {"abc", "a longer text than the first", "ABC"}) {
    ASSERT_TRUE(other->put(kName, bytes_of(text)));
    const auto part = store_->view(kName, {1, 2});
    ASSERT_TRUE(part) << part.error().message();
    EXPECT_EQ(text_of(part->bytes()), text.substr(1, 2));
    EXPECT_EQ(text_of(store_->view(kName, {1, 8})->bytes()), text.substr(1, 8));
    ASSERT_TRUE(other->remove(kName));
  }
}

TEST_F(S3, a_server_that_is_gone_is_unavailable_and_a_wrong_secret_refused) {
  const auto impatient = open(1);
  ASSERT_TRUE(store_->put(kName, bytes_of("text")));
  const auto stranger = S3Tier::open({.root = "store-test/",
                                      .endpoint = server_.endpoint(),
                                      .tls = false,
                                      .region = "us-east-1",
                                      .access_key = S3Server::kAccessKey,
                                      .secret_key = "wrong"});
  ASSERT_TRUE(stranger);
  EXPECT_EQ((*stranger)->stat(kName).error().code, FailureCode::kRemote);
  server_.kill();
  const auto stat = impatient->stat(kName);
  ASSERT_FALSE(stat);
  EXPECT_EQ(stat.error().code, FailureCode::kUnavailable) << stat.error().message();
}

TEST_F(S3, objects_spill_from_memory_and_come_back) {
  const auto memory = std::make_shared<MemoryTier>(4 * kMiB);
  TieredStore tiers(
      {{.label = "memory", .store = memory}, {.label = "s3", .store = std::move(store_)}});
  for (std::uint64_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(tiers.put({"bucket", std::to_string(i)}, bytes_of(content(i, 2 * kMiB))));
  }
  EXPECT_EQ(tiers.counters()[0].spilled, 2U);
  EXPECT_EQ(text_of(tiers.view({"bucket", "0"})->bytes()), content(0, 2 * kMiB));
  EXPECT_TRUE(memory->stat({"bucket", "0"}));
}

}  // namespace
}  // namespace ionloom::store
