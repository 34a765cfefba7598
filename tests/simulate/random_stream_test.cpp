#include "simulate/random_stream.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::simulate {
namespace {

constexpr int kDraws = 200000;

TEST(RandomStream, equal_keys_give_equal_numbers_and_any_other_key_gives_others) {
  RandomStream a(7, Purpose::kPixel, 3);
  RandomStream b(7, Purpose::kPixel, 3);
  const std::uint64_t first = a.bits();
  EXPECT_EQ(first, b.bits());
  EXPECT_NE(first, RandomStream(8, Purpose::kPixel, 3).bits());
  EXPECT_NE(first, RandomStream(7, Purpose::kFields, 3).bits());
  EXPECT_NE(first, RandomStream(7, Purpose::kPixel, 4).bits());
  EXPECT_NE(RandomStream(1, Purpose::kPixel, 2).bits(), RandomStream(2, Purpose::kPixel, 1).bits());
}

TEST(RandomStream, normal_numbers_have_mean_0_variance_1_and_normal_tails) {
  RandomStream random(1, Purpose::kParameters);
  double sum = 0;
  double squares = 0;
  int beyond_2 = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
    beyond_2 += std::abs(value) > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.01);
  EXPECT_NEAR(squares / kDraws, 1, 0.015);
  EXPECT_NEAR(static_cast<double>(beyond_2) / kDraws, 0.0455, 0.002);
}

TEST(RandomStream, exponential_numbers_have_mean_1_and_uniform_ones_stay_inside) {
  RandomStream random(2, Purpose::kParameters);
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += random.exponential();
  EXPECT_NEAR(sum / kDraws, 1, 0.01);
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform();
    ASSERT_GT(value, 0);
    ASSERT_LT(value, 1);
  }
}

TEST(RandomStream, below_reaches_every_value_equally_often) {
  RandomStream random(3, Purpose::kParameters);
  std::vector<int> hits(6);
  for (int i = 0; i < 60000; ++i) ++hits.at(random.below(6));
  for (const int count : hits) EXPECT_NEAR(count, 10000, 500);
}

}  // namespace
}  // namespace ionloom::simulate
