#include "exec/block_cache.h"

#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/block_checksums.h"
#include "store/memory_tier.h"
#include "store/support/counting_store.h"
#include "store/support/store_history.h"

namespace ionloom::exec {
namespace {

using store::kBlockBytes;
using store::test_support::bytes_of;
using store::test_support::content;
using store::test_support::CountingStore;

const store::ObjectName kName{"bucket", "key"};

class BlockCacheTest : public testing::Test {
 protected:
  BlockCacheTest() { EXPECT_TRUE(memory_.put(kName, bytes_of(text_))); }

  std::string read(BlockCache& cache, std::uint64_t offset, std::size_t size) {
    std::string into(size, '\0');
    const auto done = cache.read(kName, offset, std::as_writable_bytes(std::span(into)));
    return done ? into : done.error().message();
  }

  std::string text_ = content(7, 3 * kBlockBytes + 5);
  store::MemoryTier memory_{64 << 20};
  CountingStore store_{memory_};
};

TEST_F(BlockCacheTest, gives_the_bytes_of_any_range) {
  BlockCache cache(store_, 2);
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const std::size_t size = random() % (2 * kBlockBytes);
    const std::size_t offset = random() % (text_.size() - size);
    ASSERT_TRUE(read(cache, offset, size) == text_.substr(offset, size)) << offset << " " << size;
  }
}

TEST_F(BlockCacheTest, asks_the_store_once_for_a_block_that_is_read_in_pieces) {
  BlockCache cache(store_, 2);
  for (std::size_t at = 0; at < 2 * kBlockBytes; at += 1 << 16) read(cache, at, 1 << 16);
  EXPECT_EQ(store_.views, 2U);
  read(cache, 3 * kBlockBytes, 5);
  read(cache, kBlockBytes, 1);
  EXPECT_EQ(store_.views, 3U) << "the block read last but one is still there";
  read(cache, 0, 1);
  EXPECT_EQ(store_.views, 4U) << "the oldest of three is not";
}

TEST_F(BlockCacheTest, gives_out_nothing_beyond_the_end_and_keeps_no_failure) {
  BlockCache cache(store_, 2);
  EXPECT_NE(read(cache, text_.size() - 1, 2).find("ends at byte 3145733"), std::string::npos)
      << read(cache, text_.size() - 1, 2);
  store_.fails = store::FailureCode::kUnavailable;
  EXPECT_NE(read(cache, 0, 1), text_.substr(0, 1));
  store_.fails.reset();
  EXPECT_EQ(read(cache, 0, 1), text_.substr(0, 1));
}

TEST_F(BlockCacheTest, serves_threads_at_the_same_time) {
  BlockCache cache(store_, 2);
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 100; ++i) {
        const std::size_t offset = random() % (text_.size() - 1000);
        EXPECT_TRUE(read(cache, offset, 1000) == text_.substr(offset, 1000));
      }
    });
  }
}

}  // namespace
}  // namespace ionloom::exec
