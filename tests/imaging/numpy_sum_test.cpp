#include "imaging/numpy_sum.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::imaging {
namespace {

/// NumPy's order of additions for one vector, as its source has it (umath/loops, 1.19).
float pairwise(const float* values, std::size_t n) {
  if (n < 8) {
    float sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += values[i];
    return sum;
  }
  if (n <= 128) {
    float r[8];
    for (std::size_t k = 0; k < 8; ++k) r[k] = values[k];
    std::size_t i = 8;
    for (; i < n - n % 8; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) r[k] += values[i + k];
    }
    float sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; ++i) sum += values[i];
    return sum;
  }
  const std::size_t half = n / 2 - n / 2 % 8;
  return pairwise(values, half) + pairwise(values + half, n - half);
}

float sum_by_definition(const std::vector<float>& values) {
  float sum = 0;
  for (std::size_t at = 0; at < values.size(); at += 8192) {
    sum += pairwise(&values[at], std::min<std::size_t>(8192, values.size() - at));
  }
  return sum;
}

void expect_same(float ours, float expected, std::size_t size) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(ours)) << size;
  } else {
    EXPECT_EQ(std::bit_cast<std::uint32_t>(ours), std::bit_cast<std::uint32_t>(expected)) << size;
  }
}

/// Four vectors, side by side in groups of `stride`, of which `share` of the places are not 0.
struct Vectors {
  std::vector<float> dense[4];
  std::vector<std::uint32_t> at;
  std::vector<float> values;
};

Vectors random_vectors(std::size_t size, double share, std::size_t stride, bool odd_values,
                       std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::lognormal_distribution<float> intensity(5, 4);
  const float odd[] = {-0.0F,
                       std::numeric_limits<float>::infinity(),
                       std::numeric_limits<float>::quiet_NaN(),
                       3e38F,
                       1e-45F,
                       -7.5F};
  Vectors made;
  for (auto& vector : made.dense) vector.resize(size, 0.0F);
  for (std::size_t i = 0; i < size; ++i) {
    if (uniform(random) >= share) continue;
    made.at.push_back(static_cast<std::uint32_t>(i));
    made.values.resize(made.at.size() * stride, -1.0F);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      float value = random() % 4 == 0 ? 0.0F : intensity(random);
      if (odd_values && random() % 50 == 0) value = odd[random() % 6];
      made.dense[lane][i] = value;
      made.values[(made.at.size() - 1) * stride + lane] = value;
    }
  }
  return made;
}

TEST(NumpySum, of_sparse_vectors_equals_that_of_dense_ones_to_the_last_bit) {
  std::mt19937 random(11);
  for (const std::size_t size :
       {1U, 7U, 8U, 9U, 127U, 128U, 129U, 1000U, 8191U, 8192U, 8193U, 20'000U, 40'961U}) {
    for (const double share : {0.0005, 0.01, 0.3, 1.0}) {
      for (const bool odd_values : {false, true}) {
        const std::size_t stride = random() % 2 == 0 ? 4 : 8;
        const Vectors made = random_vectors(size, share, stride, odd_values, random);
        const Float4 sums = sparse_numpy_sum(made.at, made.values.data(), stride, size);
        for (std::size_t lane = 0; lane < 4; ++lane) {
          expect_same(sums[lane], sum_by_definition(made.dense[lane]), size);
        }
      }
    }
  }
}

TEST(NumpySum, of_four_vectors_equals_that_of_each) {
  std::mt19937 random(12);
  for (const std::size_t size : {1U, 5U, 8U, 100U, 128U, 130U, 260U, 5000U, 8192U, 30'000U}) {
    const Vectors made = random_vectors(size, 1, 4, size % 3 == 0, random);
    const Float4 sums = numpy_sum(made.values.data(), size);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      expect_same(sums[lane], sum_by_definition(made.dense[lane]), size);
    }
  }
}

}  // namespace
}  // namespace ionloom::imaging
