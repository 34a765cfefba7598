#include "exec/packed_run.h"

#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "exec/run_file.h"
#include "store/memory_tier.h"
#include "store/support/counting_store.h"
#include "support/scratch_folder.h"
#include "tasks/checksum.h"

namespace ionloom::exec {
namespace {

using imaging::Peak;
using store::test_support::CountingStore;

constexpr const char* kRun = "kept/1/run";

class PackedRunTest : public testing::Test {
 protected:
  /// A store with a run of so many peaks, as centroids are: m/z that were f32 once.
  void put_run(std::size_t count) {
    std::vector<Peak> peaks;
    for (std::size_t i = 0; i < count; ++i) {
      const auto mz = static_cast<float>(100 + 0.001 * static_cast<double>(i));
      peaks.push_back(
          {mz, 1.0F + static_cast<float>(i % 100), static_cast<std::uint32_t>(i % 384)});
    }
    const test_support::ScratchFolder folder;
    const auto run = write_run_file(folder / "run", peaks, 0, 384);
    ASSERT_TRUE(run) << run.error().message();
    run_.resize(run->size_bytes());
    ASSERT_TRUE(run->read_bytes(0, run_));
    auto opened =
        StageStore::open(std::make_unique<CountingStore>(memory_), {.url = "url:", .keep = true});
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    ASSERT_TRUE(store_->put(kRun, run_));
  }

  std::uint64_t size_of(const std::string& key) { return store_->find(key)->value_or(0); }

  store::MemoryTier memory_{std::uint64_t{64} << 20};
  std::unique_ptr<StageStore> store_;
  std::vector<std::byte> run_;
};

TEST_F(PackedRunTest, read_anywhere_has_the_bytes_of_the_run_and_is_under_half_as_large) {
  put_run(50'000);
  ASSERT_TRUE(put_packed_run(*store_, kRun));
  EXPECT_LT(size_of(packed_key(kRun)), run_.size() / 2);
  const auto packed = PackedRun::open(*store_, kRun);
  ASSERT_TRUE(packed) << packed.error().message();
  ASSERT_NE(*packed, nullptr);
  EXPECT_EQ((*packed)->size_bytes(), run_.size());
  std::minstd_rand random(1);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t begin = random() % run_.size();
    const std::uint64_t size = 1 + random() % std::min<std::uint64_t>(run_.size() - begin, 200'000);
    const std::uint64_t skipped = random() % size;
    std::vector<std::byte> read(size - skipped);
    ASSERT_TRUE((*packed)->read({begin, size}, begin + skipped, read));
    EXPECT_TRUE(std::ranges::equal(read, std::span(run_).subspan(begin + skipped, read.size())));
  }
}

TEST_F(PackedRunTest, of_the_store_reads_little_more_than_the_blocks_of_the_range) {
  put_run(100'000);
  ASSERT_TRUE(put_packed_run(*store_, kRun));
  const auto packed = PackedRun::open(*store_, kRun);
  ASSERT_TRUE(packed && *packed);
  const std::uint64_t before = store_->meter().so_far().got_bytes;
  std::vector<std::byte> block(stages::kRunBlockBytes);
  const std::uint64_t begin = stages::RunHeader::block_offset_bytes(7);
  ASSERT_TRUE((*packed)->read({begin, block.size()}, begin, block));
  EXPECT_LT(store_->meter().so_far().got_bytes - before, block.size() / 2);
}

TEST_F(PackedRunTest, one_that_is_not_there_is_nothing_and_an_empty_run_can_be_packed) {
  put_run(0);
  const auto none = PackedRun::open(*store_, kRun);
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
  ASSERT_TRUE(put_packed_run(*store_, kRun));
  ASSERT_TRUE(put_packed_run(*store_, kRun)) << "a second time nothing is to be done";
  const auto packed = PackedRun::open(*store_, kRun);
  ASSERT_TRUE(packed && *packed);
  std::vector<std::byte> read(run_.size());
  ASSERT_TRUE((*packed)->read({0, read.size()}, 0, read));
  EXPECT_EQ(read, run_);
}

TEST_F(PackedRunTest, with_any_byte_of_its_end_changed_is_refused) {
  put_run(10'000);
  ASSERT_TRUE(put_packed_run(*store_, kRun));
  std::vector<std::byte> whole(size_of(packed_key(kRun)));
  ASSERT_TRUE(store_->read(packed_key(kRun), 0, whole));
  const std::size_t end = 64 + 3 * (8 + 16) + 32;  // what the footer's zeros hold is nobody's
  for (std::size_t at = whole.size() - 32 - end; at < whole.size() - 32; at += 5) {
    std::vector<std::byte> changed = whole;
    changed[at] ^= std::byte{0x41};
    const std::string run = "kept/" + std::to_string(at) + "/run";
    ASSERT_TRUE(store_->put(packed_key(run), changed));
    const auto packed = PackedRun::open(*store_, run);
    EXPECT_FALSE(packed) << at;
  }
}

TEST_F(PackedRunTest, a_damaged_block_is_refused_or_differs_from_its_checksum) {
  put_run(10'000);
  ASSERT_TRUE(put_packed_run(*store_, kRun));
  std::vector<std::byte> whole(size_of(packed_key(kRun)));
  ASSERT_TRUE(store_->read(packed_key(kRun), 0, whole));
  const std::size_t block_bytes = stages::kRunBlockBytes;
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, run_.data() + run_.size() - 3 * 16 + 8, sizeof checksum);
  int found = 0;
  for (std::size_t at = 0; at < 200; ++at) {
    std::vector<std::byte> changed = whole;
    changed[at] ^= std::byte{0x41};
    const std::string run = "kept/" + std::to_string(at) + "/run";
    ASSERT_TRUE(store_->put(packed_key(run), changed));
    const auto packed = PackedRun::open(*store_, run);
    ASSERT_TRUE(packed && *packed);
    std::vector<std::byte> block(block_bytes);
    const std::uint64_t begin = stages::RunHeader::block_offset_bytes(0);
    const auto done = (*packed)->read({begin, block_bytes}, begin, block);
    const bool is_same = std::ranges::equal(block, std::span(run_).subspan(begin, block_bytes));
    EXPECT_TRUE(!done || is_same || tasks::checksum(block) != checksum) << at;
    found += !done || !is_same ? 1 : 0;
  }
  EXPECT_GT(found, 150) << "some bits are nobody's";
}

}  // namespace
}  // namespace ionloom::exec
