#include "store/memory_budget.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace ionloom::store {
namespace {

constexpr std::size_t kMiB = 1 << 20;

TEST(MemoryBudget, gives_no_more_than_its_bound) {
  MemoryBudget budget(4 * kMiB);
  const auto three = budget.take(3 * kMiB);
  ASSERT_NE(three.memory, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(three.memory) % 64, 0U);
  EXPECT_EQ(budget.take(2 * kMiB).memory, nullptr);
  EXPECT_EQ(budget.take(SIZE_MAX).memory, nullptr);
  EXPECT_EQ(budget.used_bytes(), 3 * kMiB);
  budget.give_back(three);
  EXPECT_EQ(budget.used_bytes(), 0U);
}

TEST(MemoryBudget, a_large_piece_is_given_out_again_for_as_many_bytes_or_a_little_fewer) {
  MemoryBudget budget(100 * kMiB);
  const auto piece = budget.take(16 * kMiB);
  budget.give_back(piece);
  const auto larger = budget.take(17 * kMiB);
  EXPECT_NE(larger.memory, piece.memory);
  const auto half = budget.take(8 * kMiB);
  EXPECT_NE(half.memory, piece.memory) << "half of it would be wasted";
  const auto again = budget.take(15 * kMiB);
  EXPECT_EQ(again.memory, piece.memory);
  EXPECT_EQ(again.size_bytes, 16 * kMiB);
  EXPECT_EQ(budget.used_bytes(), (17 + 8 + 16) * kMiB);
  for (const auto& each : {larger, half, again}) budget.give_back(each);
}

TEST(MemoryBudget, what_is_kept_makes_way_for_what_is_needed) {
  MemoryBudget budget(10 * kMiB);
  const auto four = budget.take(4 * kMiB);
  const auto six = budget.take(6 * kMiB);
  budget.give_back(four);
  budget.give_back(six);
  const auto all = budget.take(10 * kMiB);
  EXPECT_NE(all.memory, nullptr);
  EXPECT_EQ(budget.used_bytes(), 10 * kMiB);
  budget.give_back(all);
}

}  // namespace
}  // namespace ionloom::store
