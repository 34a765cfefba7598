#include "exec/range_cache.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "stages/peak_run.h"
#include "store/memory_tier.h"

namespace ionloom::exec {
namespace {

constexpr std::uint64_t kObjectBytes = 40 * stages::kRunBlockBytes + 1000;
constexpr std::uint64_t kPieceBytes = 10'000;

/// An object of some blocks, read through a cache.
class CachedRanges : public ::testing::Test {
 protected:
  CachedRanges() {
    for (std::uint64_t i = 0; i < kObjectBytes; ++i) {
      content_.push_back(static_cast<std::byte>(i * i / 7 + i / 251));
    }
    EXPECT_TRUE(store_.put(name_, content_));
  }

  /// Reads a whole range piece by piece, as tasks do. @return bytes that the store was asked for
  std::uint64_t read(store::ByteRange range) {
    std::uint64_t asked = 0;
    std::vector<std::byte> piece(kPieceBytes);
    const std::uint64_t end = range.offset_bytes + range.length_bytes;
    for (std::uint64_t at = range.offset_bytes; at < end; at += piece.size()) {
      piece.resize(std::min(kPieceBytes, end - at));
      const auto done = cache_.read(name_, range, at, piece);
      EXPECT_TRUE(done);
      if (!done) return 0;
      asked += *done;
      EXPECT_TRUE(std::ranges::equal(piece, std::span(content_).subspan(at, piece.size())));
    }
    return asked;
  }

  store::MemoryTier store_{std::uint64_t{1} << 26};
  store::ObjectName name_{"bucket", "run"};
  std::vector<std::byte> content_;
  RangeCache cache_{store_, 4 * stages::kRunBlockBytes};
};

TEST_F(CachedRanges, ask_the_store_for_their_bytes_and_no_others) {
  for (const store::ByteRange range :
       {store::ByteRange{12'345, 70'000}, store::ByteRange{0, kObjectBytes},
        store::ByteRange{stages::RunHeader::block_offset_bytes(3), stages::kRunBlockBytes},
        store::ByteRange{kObjectBytes - 1, 1}}) {
    RangeCache fresh(store_, 4 * stages::kRunBlockBytes);
    std::uint64_t asked = 0;
    std::vector<std::byte> all(range.length_bytes);
    for (std::uint64_t at = 0; at < all.size(); at += kPieceBytes) {
      const auto part = std::span(all).subspan(at, std::min(kPieceBytes, all.size() - at));
      const auto done = fresh.read(name_, range, range.offset_bytes + at, part);
      ASSERT_TRUE(done);
      asked += *done;
    }
    EXPECT_TRUE(std::ranges::equal(
        all, std::span(content_).subspan(range.offset_bytes, range.length_bytes)));
    EXPECT_EQ(asked, range.length_bytes);
  }
}

TEST_F(CachedRanges, that_share_blocks_ask_for_these_once) {
  const auto blocks = [](std::uint64_t first, std::uint64_t last) {
    const std::uint64_t begin = stages::RunHeader::block_offset_bytes(first);
    return store::ByteRange{begin, stages::RunHeader::block_offset_bytes(last) - begin};
  };
  EXPECT_EQ(read(blocks(5, 8)), 3 * stages::kRunBlockBytes);
  EXPECT_EQ(read(blocks(7, 10)), 2 * stages::kRunBlockBytes);
  EXPECT_EQ(read(blocks(7, 10)), 0U);
  // What was read long ago is kept no more.
  EXPECT_EQ(read(blocks(20, 24)), 4 * stages::kRunBlockBytes);
  EXPECT_EQ(read(blocks(7, 8)), stages::kRunBlockBytes);
}

TEST_F(CachedRanges, of_an_object_that_ends_too_soon_are_damaged) {
  std::vector<std::byte> piece(100);
  const auto done = cache_.read(name_, {kObjectBytes - 50, 100}, kObjectBytes - 50, piece);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, store::FailureCode::kCorrupt);
}

}  // namespace
}  // namespace ionloom::exec
