#include "imaging/numpy_sum.h"

#include <algorithm>
#include <cstddef>

namespace ionloom::imaging {
namespace {

constexpr std::size_t kBlock = 8192;
constexpr std::size_t kPairwiseLeaf = 128;

float block_sum(std::span<const float> values) {
  const std::size_t n = values.size();
  if (n < 8) {
    float sum = 0;
    for (const float value : values) sum += value;
    return sum;
  }
  if (n <= kPairwiseLeaf) {
    float r[8];
    for (std::size_t lane = 0; lane < 8; ++lane) r[lane] = values[lane];
    std::size_t i = 8;
    for (; i + 8 <= n; i += 8) {
      for (std::size_t lane = 0; lane < 8; ++lane) r[lane] += values[i + lane];
    }
    float sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; ++i) sum += values[i];
    return sum;
  }
  const std::size_t half = n / 2 - (n / 2) % 8;
  return block_sum(values.first(half)) + block_sum(values.subspan(half));
}

}  // namespace

float numpy_sum(std::span<const float> values) {
  float sum = 0;
  for (std::size_t at = 0; at < values.size(); at += kBlock) {
    sum += block_sum(values.subspan(at, std::min(kBlock, values.size() - at)));
  }
  return sum;
}

}  // namespace ionloom::imaging
