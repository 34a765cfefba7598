#include "exec/stage_store.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/memory_tier.h"
#include "store/support/counting_store.h"
#include "store/support/store_history.h"

namespace ionloom::exec {
namespace {

using store::FailureCode;
using store::test_support::bytes_of;
using store::test_support::CountingStore;

class StageStoreTest : public testing::Test {
 protected:
  /// One more user of the store.
  Result<std::unique_ptr<StageStore>> open(const StageStoreSettings& settings = {.url = "url:"}) {
    auto counting = std::make_unique<CountingStore>(memory_);
    last_ = counting.get();
    last_->fails = fails_;
    return StageStore::open(std::move(counting), settings);
  }

  std::vector<std::string> keys() {
    std::vector<std::string> keys;
    const auto listing = memory_.list({StageStore::kBucket, "", std::nullopt});
    for (const auto& object : listing->objects) keys.push_back(object.key);
    return keys;
  }

  static std::string read(StageStore& own, const std::string& key, std::size_t size) {
    std::string into(size, '\0');
    const auto done = own.read(key, 0, std::as_writable_bytes(std::span(into)));
    return done ? into : done.error().message();
  }

  store::MemoryTier memory_{1 << 20};
  CountingStore* last_ = nullptr;
  std::optional<FailureCode> fails_;
};

TEST_F(StageStoreTest, counts_what_goes_through_it) {
  const auto own = open();
  ASSERT_TRUE(own) << own.error().message();
  EXPECT_EQ((*own)->meter().so_far(), StoreTraffic{});
  const std::string key = (*own)->run_prefix() + "ions";
  ASSERT_TRUE((*own)->put(key, bytes_of("0123456789")));
  EXPECT_EQ(read(**own, key, 4), "0123");
  EXPECT_EQ((*own)->meter().so_far(), (StoreTraffic{10, 4}));
  EXPECT_EQ(**(*own)->find(key), 10U);
  EXPECT_FALSE(*(*own)->find(key + "x"));
}

TEST_F(StageStoreTest, two_runs_do_not_meet_and_each_removes_its_own_objects) {
  auto one = open();
  auto two = open();
  ASSERT_TRUE((*one)->put((*one)->run_prefix() + "ions", bytes_of("one")));
  ASSERT_TRUE((*two)->put((*two)->run_prefix() + "ions", bytes_of("two")));
  EXPECT_EQ(keys().size(), 4U) << "the owner's, too";
  one->reset();
  EXPECT_EQ(read(**two, (*two)->run_prefix() + "ions", 3), "two");
  EXPECT_EQ(keys().size(), 2U);
  ASSERT_TRUE((*two)->remove_objects());
  EXPECT_TRUE(keys().empty());
}

TEST_F(StageStoreTest, an_object_that_is_not_sealed_is_not_there_and_leaves_nothing) {
  auto own = open();
  auto made = (*own)->create((*own)->run_prefix() + "ions");
  ASSERT_TRUE(made);
  ASSERT_TRUE((*made)->append(bytes_of("half")));
  made->reset();
  EXPECT_FALSE(*(*own)->find((*own)->run_prefix() + "ions"));
  EXPECT_TRUE((*own)->remove_objects());
  EXPECT_TRUE(keys().empty());
}

TEST_F(StageStoreTest, what_a_killed_run_of_this_machine_left_is_removed_and_no_others) {
  const auto put = [&](const std::string& run, std::string owner) {
    ASSERT_TRUE(memory_.put({StageStore::kBucket, "runs/" + run + "/owner"}, bytes_of(owner)));
    ASSERT_TRUE(memory_.put({StageStore::kBucket, "runs/" + run + "/run-0"}, bytes_of("peaks")));
  };
  auto living = open();
  const auto view = memory_.view({StageStore::kBucket, (*living)->run_prefix() + "owner"});
  std::string owner(reinterpret_cast<const char*>(view->bytes().data()), view->bytes().size());
  put("alive", owner);
  put("elsewhere", "somebody else");
  owner.insert(owner.size() - 1, "0");  // started at another time: that process is gone
  put("killed", owner);
  auto next = open();
  next->reset();
  living->reset();
  EXPECT_EQ(keys(), (std::vector<std::string>{"runs/alive/owner", "runs/alive/run-0",
                                              "runs/elsewhere/owner", "runs/elsewhere/run-0"}));
}

TEST_F(StageStoreTest, kept_objects_stay_and_are_made_once) {
  const StageStoreSettings keeping{.url = "url:", .remote = false, .keep = true, .threads = 1};
  auto one = open(keeping);
  ASSERT_TRUE((*one)->put("kept/1/ions", bytes_of("ions")));
  one->reset();
  EXPECT_EQ(keys(), std::vector<std::string>{"kept/1/ions"});
  auto two = open(keeping);
  EXPECT_EQ(**(*two)->find("kept/1/ions"), 4U);
  ASSERT_TRUE((*two)->put("kept/1/ions", bytes_of("ions")));
  EXPECT_EQ((*two)->meter().so_far().put_bytes, 0U);
  // Another run is sooner while this one makes the same.
  auto made = (*two)->create("kept/2/ions");
  ASSERT_TRUE((*made)->append(bytes_of("more")));
  ASSERT_TRUE(memory_.put({StageStore::kBucket, "kept/2/ions"}, bytes_of("more")));
  EXPECT_TRUE((*made)->seal());
  EXPECT_EQ(read(**two, "kept/2/ions", 4), "more");
}

TEST_F(StageStoreTest, takes_an_object_for_lost_only_when_it_is) {
  const auto found_when = [&](FailureCode fails, bool lost_with_nodes) {
    auto own = open({.lost_with_nodes = lost_with_nodes, .keep = true});
    EXPECT_TRUE((*own)->put("kept/1/ions", bytes_of("ions")));
    last_->views_fail = fails;
    auto found = (*own)->find("kept/1/ions");
    EXPECT_EQ(keys().empty(), found.has_value()) << "removed where it is to be made again";
    return found;
  };
  EXPECT_FALSE(found_when(FailureCode::kUnavailable, false)) << "S3 has it still";
  EXPECT_FALSE(found_when(FailureCode::kRemote, false));
  EXPECT_EQ(found_when(FailureCode::kCorrupt, false).value(), std::nullopt);
  EXPECT_EQ(found_when(FailureCode::kUnavailable, true).value(), std::nullopt);
}

TEST_F(StageStoreTest, that_does_not_answer_is_known_at_once_and_named) {
  fails_ = FailureCode::kUnavailable;
  const auto remote = open({.url = "geds://there:1/b", .remote = true});
  ASSERT_FALSE(remote);
  EXPECT_EQ(remote.error().code, ErrorCode::kRemote);
  EXPECT_TRUE(remote.error().message().starts_with("geds://there:1/b: the store cannot be used: "))
      << remote.error().message();
  fails_ = FailureCode::kOutOfSpace;
  EXPECT_EQ(open().error().code, ErrorCode::kResource);
}

TEST_F(StageStoreTest, that_dies_is_told_and_asked_once_when_all_is_to_be_removed) {
  auto own = open({.url = "s3://there", .remote = true});
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE((*own)->put((*own)->run_prefix() + std::to_string(i), bytes_of("text")));
  }
  last_->fails = FailureCode::kUnavailable;
  EXPECT_EQ((*own)->put((*own)->run_prefix() + "more", bytes_of("text")).error().code,
            ErrorCode::kRemote);
  EXPECT_EQ((*own)->find((*own)->run_prefix() + "1").error().code, ErrorCode::kRemote);
  const std::size_t before = last_->removals;
  const auto removed = (*own)->remove_objects();
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kRemote);
  EXPECT_LE(last_->removals - before, 8U) << "threads that had begun, not all of 21";
}

TEST_F(StageStoreTest, that_has_lost_or_damaged_an_object_is_at_fault_where_it_is_remote) {
  const auto code_when_lost = [&](bool remote) {
    auto own = open({.url = "url:", .remote = remote});
    std::vector<std::byte> into(4);
    return (*own)->read((*own)->run_prefix() + "gone", 0, into).error().code;
  };
  EXPECT_EQ(code_when_lost(true), ErrorCode::kRemote);
  EXPECT_EQ(code_when_lost(false), ErrorCode::kData);
}

}  // namespace
}  // namespace ionloom::exec
