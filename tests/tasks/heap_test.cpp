// The module's allocator, on memory of a test's own.

#include "module/heap.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::module {
namespace {

class TestMemory final : public HeapMemory {
 public:
  explicit TestMemory(std::size_t most_bytes) : bytes_(most_bytes / sizeof(Line)) {}

  std::byte* begin() override { return bytes_.front().bytes; }
  std::size_t size_bytes() const override { return size_bytes_; }
  bool grow(std::size_t size_bytes) override {
    if (size_bytes > bytes_.size() * sizeof(Line)) return false;
    size_bytes_ = size_bytes;
    return true;
  }

 private:
  struct alignas(4096) Line {
    std::byte bytes[4096];
  };
  std::vector<Line> bytes_;
  std::size_t size_bytes_ = 0;
};

struct Piece {
  unsigned char* bytes;
  std::size_t size;
  unsigned char mark;
};

void expect_whole(const Piece& piece) {
  EXPECT_TRUE(std::all_of(piece.bytes, piece.bytes + piece.size,
                          [&](unsigned char byte) { return byte == piece.mark; }));
}

TEST(Heap, keeps_every_piece_apart_and_aligned_and_ends_as_it_began) {
  TestMemory memory(64U << 20);
  Heap heap(memory);
  std::mt19937 random(5);
  std::vector<Piece> pieces;
  for (int step = 0; step < 20'000; ++step) {
    if (pieces.empty() || (random() % 100 < 55 && pieces.size() < 300)) {
      const std::size_t size = random() % (random() % 8 == 0 ? 200'000 : 300);
      const std::size_t alignment = std::size_t{16} << (random() % 10 == 0 ? random() % 8 : 0);
      auto* const bytes = static_cast<unsigned char*>(heap.allocate(size, alignment));
      ASSERT_NE(bytes, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % alignment, 0U);
      const auto mark = static_cast<unsigned char>(random());
      std::memset(bytes, mark, size);
      pieces.push_back({bytes, size, mark});
    } else {
      const std::size_t at = random() % pieces.size();
      expect_whole(pieces[at]);
      heap.release(pieces[at].bytes);
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  for (const Piece& piece : pieces) {
    expect_whole(piece);
    heap.release(piece.bytes);
  }
  EXPECT_EQ(heap.used_up_to(), 0U);
}

TEST(Heap, gives_what_was_freed_to_another_size) {
  TestMemory memory(1U << 20);
  Heap heap(memory);
  std::vector<void*> small(1000);
  for (void*& piece : small) piece = heap.allocate(700);
  for (void* const piece : small) heap.release(piece);
  void* const large = heap.allocate(900'000);
  EXPECT_NE(large, nullptr);
  EXPECT_EQ(heap.allocate(200'000), nullptr);
  heap.release(large);
}

TEST(Heap, refuses_what_cannot_be_had_and_goes_on) {
  TestMemory memory(1U << 20);
  Heap heap(memory);
  EXPECT_EQ(heap.allocate(2U << 20), nullptr);
  EXPECT_EQ(heap.allocate(UINT32_MAX), nullptr);
  EXPECT_EQ(heap.allocate(SIZE_MAX), nullptr);
  void* const piece = heap.allocate(0);
  EXPECT_NE(piece, nullptr);
  heap.release(piece);
  heap.release(nullptr);
  EXPECT_EQ(heap.used_up_to(), 0U);
}

}  // namespace
}  // namespace ionloom::module
