#include "geds/metadata_log.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "geds/frame_file.h"
#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;

Object object(const std::string& key) {
  return {{"bucket", key}, {"geds://127.0.0.1:4382", 1, 1, "its metadata"}};
}

using test_support::content_of;
using test_support::put;

class MetadataLogTest : public testing::Test {
 protected:
  fs::path folder() const { return scratch_.path() / "state"; }
  fs::path log_path() const { return folder() / "metadata.log"; }

  /// Opens, notes these keys one write each, and closes.
  void keep(const std::vector<std::string>& keys, std::uint64_t snapshot_after_bytes = 1 << 20) {
    MetadataState state;
    auto log = MetadataLog::open(folder(), state, snapshot_after_bytes);
    ASSERT_TRUE(log) << log.error().message();
    note(**log, state, BucketCreated{"bucket"});
    for (const std::string& key : keys) {
      note(**log, state, ObjectPut{object(key)});
      if (!(*log)->wants_snapshot()) continue;
      ASSERT_TRUE((*log)->snapshot());
    }
  }

  static void note(MetadataLog& log, MetadataState& state, const Change& change) {
    apply(change, state);
    const auto kept = log.wait_durable(log.append(change));
    ASSERT_TRUE(kept) << kept.error().message();
  }

  /// The keys that a new server finds, or the sentence with which it refuses to start.
  std::string found() const {
    MetadataState state;
    const auto log = MetadataLog::open(folder(), state);
    if (!log) return log.error().message();
    std::string keys;
    state.for_each([&](const Object& each) { keys += each.id.key + " "; });
    return keys;
  }

  fs::path only_snapshot() const {
    fs::path path;
    for (const auto& entry : fs::directory_iterator(folder())) {
      if (entry.path().extension() == ".snapshot") path = entry.path();
    }
    return path;
  }

 private:
  test_support::ScratchFolder scratch_;
};

TEST_F(MetadataLogTest, every_kind_of_change_comes_back) {
  MetadataState state;
  auto log = MetadataLog::open(folder(), state);
  ASSERT_TRUE(log);
  const ObjectStoreConfig store{"bucket", "http://s3", "key", "secret"};
  Object copied = object("c");
  copied.info.copies = {"geds://a:1", "geds://b:1"};
  for (const Change& change : std::vector<Change>{
           BucketCreated{"bucket"}, BucketCreated{"gone"}, BucketDeleted{"gone"},
           ObjectPut{object("a")}, ObjectPut{object("b")}, ObjectPut{object("d/x")},
           ObjectPut{object("d/y")}, ObjectRemoved{{"bucket", "b"}},
           PrefixRemoved{{"bucket", "d/"}}, StoreRegistered{store}, LeaseNoted{"geds://a:1", 1500},
           LeaseNoted{"geds://b:1", 0}, ObjectPut{copied}, NodePutLast{copied.info.location}}) {
    note(**log, state, change);
  }
  Object moved = copied;
  moved.info.location = "geds://a:1";
  moved.info.copies = {"geds://b:1", copied.info.location};
  const auto expect_everything = [&] {
    log->reset();
    MetadataState again;
    log = MetadataLog::open(folder(), again);
    ASSERT_TRUE(log);
    EXPECT_EQ(again.buckets(), std::vector<std::string>{"bucket"});
    EXPECT_EQ(again.lookup({"bucket", "a"}).value(), object("a"));
    EXPECT_EQ(again.lookup({"bucket", "c"}).value(), moved);
    EXPECT_EQ(again.list({"bucket", ""}, 0)->objects.size(), 2U);
    EXPECT_EQ(again.stores(), std::vector<ObjectStoreConfig>{store});
    EXPECT_EQ(again.leases(),
              (MetadataState::LeaseLengths{{"geds://a:1", 1500}, {"geds://b:1", 0}}));
  };
  expect_everything();
  ASSERT_TRUE((*log)->snapshot());
  expect_everything();
}

TEST_F(MetadataLogTest, a_log_cut_anywhere_in_its_last_write_loses_only_that_write) {
  keep({"a"});
  const std::string before = content_of(log_path());
  keep({"b"});  // notes the bucket once more, then b
  const std::string whole = content_of(log_path());
  const std::size_t last_frame = whole.rfind("GLF1");
  ASSERT_GT(last_frame, before.size());
  for (std::size_t length = last_frame; length < whole.size(); ++length) {
    put(log_path(), whole.substr(0, length));
    EXPECT_EQ(found(), "a ") << length;
    EXPECT_EQ(fs::file_size(log_path()), last_frame) << "the torn end is cut off";
  }
  put(log_path(), whole);
  EXPECT_EQ(found(), "a b ");
}

TEST_F(MetadataLogTest, a_damaged_byte_anywhere_before_the_last_write_is_refused) {
  keep({"a", "b", "c"});
  const std::string whole = content_of(log_path());
  const std::size_t last_frame = whole.rfind("GLF1");
  for (std::size_t at = 0; at < last_frame; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    put(log_path(), damaged);
    EXPECT_NE(found().find("metadata.log: the frame at byte"), std::string::npos) << at;
  }
}

TEST_F(MetadataLogTest, a_snapshot_takes_the_place_of_the_log) {
  keep({"a", "b", "c"}, 1);
  EXPECT_EQ(fs::file_size(log_path()), 0U);
  EXPECT_EQ(only_snapshot().filename(), "metadata-4.snapshot");
  EXPECT_EQ(found(), "a b c ");
  keep({"d"});
  EXPECT_EQ(found(), "a b c d ");
}

TEST_F(MetadataLogTest, nobody_else_may_read_log_and_snapshot_for_they_hold_secrets) {
  keep({"a", "b"}, 1);
  for (const fs::path& path : {log_path(), only_snapshot()}) {
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << path;
  }
}

TEST_F(MetadataLogTest, a_crash_between_snapshot_and_emptying_the_log_changes_nothing) {
  keep({"a", "b"});
  const std::string log = content_of(log_path());
  {
    MetadataState state;
    const auto opened = MetadataLog::open(folder(), state);
    ASSERT_TRUE((*opened)->snapshot());
  }
  put(log_path(), log);
  EXPECT_EQ(found(), "a b ");
}

TEST_F(MetadataLogTest, a_crash_between_closing_the_log_and_the_snapshot_changes_nothing) {
  keep({"a", "b"});
  fs::rename(log_path(), folder() / "metadata-3.log");
  EXPECT_EQ(found(), "a b ");
  keep({"c"});
  EXPECT_EQ(found(), "a b c ");
  fs::rename(log_path(), folder() / "metadata-5.log");
  keep({"d"}, 1);
  EXPECT_EQ(found(), "a b c d ");
  EXPECT_EQ(only_snapshot().filename(), "metadata-7.snapshot");
  EXPECT_FALSE(fs::exists(folder() / "metadata-3.log") || fs::exists(folder() / "metadata-5.log"));
}

TEST_F(MetadataLogTest, a_missing_closed_log_is_noticed) {
  keep({"a", "b"});
  fs::remove(log_path());
  put(folder() / "metadata-4.snapshot", "GLF1 half of a");
  EXPECT_NE(found().find("metadata-4.snapshot is damaged"), std::string::npos);
}

TEST_F(MetadataLogTest, changes_go_on_while_a_snapshot_is_made) {
  MetadataState state;
  auto opened = MetadataLog::open(folder(), state);
  ASSERT_TRUE(opened);
  std::unique_ptr<MetadataLog> log = *std::move(opened);
  note(*log, state, BucketCreated{"bucket"});
  constexpr int kBefore = 100000;
  std::uint64_t last = 0;
  for (int i = 0; i < kBefore; ++i) last = log->append(ObjectPut{object(std::to_string(i))});
  ASSERT_TRUE(log->wait_durable(last));
  std::atomic<bool> making = true;
  std::jthread maker([&] {
    EXPECT_TRUE(log->snapshot());
    making = false;
  });
  int made = 0;
  int meanwhile = 0;
  while (making) {
    note(*log, state, ObjectPut{object("meanwhile-" + std::to_string(made++))});
    if (making) ++meanwhile;
  }
  EXPECT_GE(meanwhile, 2) << "the first may have waited for the log to be closed";
  maker.join();
  log.reset();
  EXPECT_EQ(std::ranges::count(found(), ' '), kBefore + made);
}

TEST_F(MetadataLogTest, a_torn_snapshot_is_passed_over_while_the_log_reaches_as_far) {
  keep({"a", "b"});
  put(folder() / "metadata-3.snapshot", "GLF1 half of a");
  EXPECT_EQ(found(), "a b ");
}

TEST_F(MetadataLogTest, a_damaged_snapshot_that_the_log_cannot_replace_is_refused) {
  keep({"a", "b"}, 1);
  std::string bytes = content_of(only_snapshot());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  put(only_snapshot(), bytes);
  EXPECT_NE(found().find("metadata-3.snapshot is damaged"), std::string::npos);
}

TEST_F(MetadataLogTest, a_missing_snapshot_is_noticed) {
  keep({"a", "b"}, 1);
  keep({"c"});
  fs::remove(only_snapshot());
  EXPECT_NE(found().find("change 4 follows change 0"), std::string::npos);
}

TEST_F(MetadataLogTest, two_servers_do_not_share_a_folder) {
  MetadataState state;
  const auto first = MetadataLog::open(folder(), state);
  ASSERT_TRUE(first);
  EXPECT_NE(found().find("another metadata server"), std::string::npos);
}

TEST_F(MetadataLogTest, a_full_disk_fails_every_change_from_then_on) {
  MetadataState state;
  const auto log = MetadataLog::open(folder(), state);
  ASSERT_TRUE(log);
  note(**log, state, BucketCreated{"bucket"});
  {
    const test_support::FileSizeLimit limit(fs::file_size(log_path()) + 40);
    const auto kept = (*log)->wait_durable((*log)->append(ObjectPut{object("a")}));
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::kResource);
  }
  EXPECT_FALSE((*log)->wait_durable((*log)->append(ObjectPut{object("b")})));
  EXPECT_FALSE((*log)->snapshot());
}

TEST_F(MetadataLogTest, changes_of_many_threads_are_all_kept) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  {
    MetadataState state;
    const auto log = MetadataLog::open(folder(), state);
    ASSERT_TRUE(log);
    note(**log, state, BucketCreated{"bucket"});
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          const Change change = ObjectPut{object(std::to_string(thread * kEach + i))};
          EXPECT_TRUE((*log)->wait_durable((*log)->append(change)));
        }
      });
    }
  }
  MetadataState again;
  ASSERT_TRUE(MetadataLog::open(folder(), again));
  EXPECT_EQ(again.list({"bucket", ""}, 0)->objects.size(), std::size_t{kThreads} * kEach);
}

}  // namespace
}  // namespace ionloom::geds
