#include <gtest/gtest.h>

#include "store/disk_tier.h"
#include "store/memory_tier.h"
#include "store/shared_memory_tier.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::store {
namespace {

using ionloom::test_support::ScratchFolder;
using test_support::awkward_keys;
using test_support::expect_answers_of_a_map;
using test_support::histories;

constexpr std::uint64_t kMiB = 1 << 20;

TEST(SameAnswers, memory_answers_as_a_map_does) {
  EXPECT_TRUE(rc::check([] {
    MemoryTier store(256 * kMiB);
    expect_answers_of_a_map(store, *histories(3 * kMiB), awkward_keys());
    RC_ASSERT(store.usage().used_bytes == 0U);
  }));
}

TEST(SameAnswers, a_disk_answers_as_a_map_does) {
  EXPECT_TRUE(rc::check([] {
    const ScratchFolder folder;
    auto store = DiskTier::open(folder / "store", 256 * kMiB);
    RC_ASSERT(store.has_value());
    expect_answers_of_a_map(**store, *histories(3 * kMiB), awkward_keys());
    RC_ASSERT((*store)->usage().used_bytes == 0U);
    RC_ASSERT((folder.names() == std::vector<std::string>{"store"}));
  }));
}

TEST(SameAnswers, shared_memory_answers_as_a_map_does) {
  EXPECT_TRUE(rc::check([] {
    const ScratchFolder folder("/dev/shm");
    auto store = SharedMemoryTier::open(folder / "store", 256 * kMiB);
    RC_ASSERT(store.has_value());
    expect_answers_of_a_map(**store, *histories(3 * kMiB), awkward_keys());
    RC_ASSERT((*store)->usage().used_bytes == 0U);
    RC_ASSERT((folder.names() == std::vector<std::string>{"store"}));
  }));
}

}  // namespace
}  // namespace ionloom::store
