#include "store/spare_files.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/shared_memory_tier.h"
#include "store/support/child_process.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

// Deleted objects of a tmpfs give their memory to new ones, and no view ever sees that.
namespace ionloom::store {
namespace {

namespace fs = std::filesystem;

using test_support::bytes_of;
using test_support::ChildProcess;
using test_support::content;
using test_support::text_of;

constexpr std::uint64_t kMiB = 1 << 20;
const ObjectName kName{"bucket", "a"};

class SpareFilesTest : public testing::Test {
 protected:
  std::unique_ptr<SharedMemoryTier> open(std::uint64_t limit_bytes = 64 * kMiB) const {
    auto store = SharedMemoryTier::open(root_, limit_bytes);
    EXPECT_TRUE(store);
    return *std::move(store);
  }

  ::ino_t inode_of(const std::string& key) const {
    struct stat status {};
    EXPECT_EQ(::stat((root_ / "bucket" / key).c_str(), &status), 0);
    return status.st_ino;
  }

  std::size_t spares() const {
    const fs::directory_iterator begin(root_ / ".spare");
    return static_cast<std::size_t>(std::distance(begin, fs::directory_iterator()));
  }

  static std::string text(ObjectStore& store, const ObjectName& name = kName) {
    const auto view = store.view(name);
    return view ? std::string(text_of(view->bytes())) : view.error().message();
  }

  ionloom::test_support::ScratchFolder folder_{"/dev/shm"};
  fs::path root_ = folder_ / "store";
};

TEST_F(SpareFilesTest, a_new_object_of_about_the_size_takes_the_place_of_a_deleted_one) {
  const auto store = open();
  std::set<::ino_t> files;
  for (const std::uint64_t size : {2 * kMiB, 2 * kMiB - 5, 2 * kMiB - 100000}) {
    ASSERT_TRUE(store->put(kName, bytes_of(content(size, size))));
    files.insert(inode_of("a"));
    EXPECT_EQ(files.size(), 1U);
    EXPECT_TRUE(text(*store) == content(size, size));
    EXPECT_EQ(store->usage().used_bytes, fs::file_size(root_ / "bucket/a"));
    EXPECT_EQ(fs::status(root_ / "bucket/a").permissions() & fs::perms::owner_write,
              fs::perms::none);
    ASSERT_TRUE(store->remove(kName));
    EXPECT_EQ(store->usage().used_bytes, 0U);
    EXPECT_EQ(spares(), 1U);
  }
  ASSERT_TRUE(store->put(kName, bytes_of(content(1, kMiB))));
  EXPECT_EQ(spares(), 1U) << "that one is too large for it";
}

TEST_F(SpareFilesTest, one_that_is_written_in_pieces_leaves_nothing_of_the_old_one) {
  const auto store = open();
  ASSERT_TRUE(store->put(kName, bytes_of(content(1, 3 * kMiB))));
  ASSERT_TRUE(store->remove(kName));
  auto writer = store->create(kName);
  ASSERT_TRUE((*writer)->reserve(3 * kMiB));
  ASSERT_TRUE((*writer)->append(bytes_of(content(2, kMiB))));
  EXPECT_EQ(spares(), 0U);
  ASSERT_TRUE((*writer)->seal());
  EXPECT_TRUE(text(*store) == content(2, kMiB));
  EXPECT_EQ(fs::file_size(root_ / "bucket/a"), object_file_bytes(kMiB));
}

TEST_F(SpareFilesTest, a_view_keeps_its_bytes_in_this_process_and_in_another) {
  const auto store = open();
  const std::string first = content(1, 2 * kMiB);
  ASSERT_TRUE(store->put(kName, bytes_of(first)));
  {
    const auto view = store->view(kName);
    ASSERT_TRUE(store->remove(kName));
    EXPECT_EQ(spares(), 0U);
    ASSERT_TRUE(store->put(kName, bytes_of(content(2, 2 * kMiB))));
    EXPECT_TRUE(text_of(view->bytes()) == first);
  }
  ASSERT_TRUE(store->remove(kName));
  ASSERT_TRUE(store->put(kName, bytes_of(first)));
  int go_on[2];
  ASSERT_EQ(::pipe(go_on), 0);
  const ChildProcess other([&](int pipe) {
    const auto own = SharedMemoryTier::open(root_, 64 * kMiB);
    const auto view = (*own)->view(kName);
    static_cast<void>(!::write(pipe, "v", 1));
    char byte = 0;
    static_cast<void>(!::read(go_on[0], &byte, 1));
    const bool same = text_of(view->bytes()) == first;
    static_cast<void>(!::write(pipe, same ? "=" : "!", 1));
  });
  ASSERT_EQ(other.read(1), "v");
  ASSERT_TRUE(store->remove(kName));
  EXPECT_EQ(spares(), 0U);
  ASSERT_TRUE(store->put(kName, bytes_of(content(3, 2 * kMiB))));
  static_cast<void>(!::write(go_on[1], "g", 1));
  EXPECT_EQ(other.read(1), "=");
}

TEST_F(SpareFilesTest, they_are_within_the_limit_and_make_way) {
  const auto store = open(16 * kMiB);
  for (const char* key : {"a", "b"}) {
    ASSERT_TRUE(store->put({"bucket", key}, bytes_of(content(1, 3 * kMiB))));
  }
  ASSERT_TRUE(store->remove({"bucket", "a"}) && store->remove({"bucket", "b"}));
  EXPECT_EQ(spares(), 1U) << "a quarter of the limit at most";
  ASSERT_TRUE(store->put(kName, bytes_of(content(2, 15 * kMiB))));
  EXPECT_EQ(spares(), 0U);
  EXPECT_EQ(store->put({"bucket", "b"}, bytes_of(content(1, kMiB))).error().code,
            FailureCode::kOutOfSpace);
}

TEST_F(SpareFilesTest, the_last_store_that_is_closed_leaves_none) {
  auto one = open();
  auto two = open();
  ASSERT_TRUE(one->put(kName, bytes_of(content(1, kMiB))));
  ASSERT_TRUE(one->remove(kName));
  one.reset();
  EXPECT_EQ(spares(), 1U);
  ASSERT_TRUE(two->put(kName, bytes_of(content(2, kMiB))));
  EXPECT_EQ(spares(), 0U) << "stores share them";
  ASSERT_TRUE(two->remove(kName));
  two.reset();
  EXPECT_EQ(spares(), 0U);
}

TEST_F(SpareFilesTest, those_that_a_killed_process_left_are_removed_when_the_folder_is_opened) {
  ChildProcess killed([&](int pipe) {
    const auto own = SharedMemoryTier::open(root_, 64 * kMiB);
    const bool done = (*own)->put(kName, bytes_of(content(1, kMiB))) && (*own)->remove(kName);
    static_cast<void>(!::write(pipe, done ? "d" : "f", 1));
    ::pause();
  });
  ASSERT_EQ(killed.read(1), "d");
  killed.kill();
  EXPECT_EQ(spares(), 1U);
  const auto store = open();
  EXPECT_EQ(spares(), 0U);
  EXPECT_TRUE(store->put(kName, bytes_of(content(1, 50 * kMiB))));
}

/// Two stores over one folder, as two processes have them, with objects that come and go.
TEST_F(SpareFilesTest, many_threads_never_see_bytes_of_another_object) {
  const auto one = open();
  const auto two = open();
  std::vector<std::string> contents;
  for (std::uint64_t i = 0; i < 4; ++i) {
    contents.push_back(content(i, kMiB + i * 1000));
  }
  const auto name = [](std::size_t i) { return ObjectName{"bucket", std::to_string(i)}; };
  std::atomic<int> wrong = 0;
  std::atomic<int> right = 0;
  std::vector<std::jthread> readers;
  for (ObjectStore* store : {one.get(), two.get()}) {
    readers.emplace_back([&, store](const std::stop_token& stop) {
      for (std::size_t i = 0; !stop.stop_requested(); i = (i + 1) % 4) {
        const auto view = store->view(name(i));
        if (view) ++(text_of(view->bytes()) == contents[i] ? right : wrong);
      }
    });
  }
  {
    std::vector<std::jthread> writers;
    for (ObjectStore* store : {one.get(), two.get()}) {
      writers.emplace_back([&, store] {
        for (std::size_t round = 0; round < 60; ++round) {
          static_cast<void>(store->put(name(round % 4), bytes_of(contents[round % 4])));
          static_cast<void>(store->remove(name((round + 2) % 4)));
        }
      });
    }
  }
  readers.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(right, 0);
}

}  // namespace
}  // namespace ionloom::store
