#include "imaging/numpy_sum.h"

#include <algorithm>

namespace ionloom::imaging {
namespace {

constexpr std::size_t kBlock = 8192;
constexpr std::size_t kPairwiseLeaf = 128;
constexpr std::size_t kRunning = 8;
constexpr std::size_t kLanes = 4;

Float4 sum_of_running(const Float4 (&r)[kRunning]) {
  return ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
}

/// Where a stretch of n > kPairwiseLeaf values is cut in two.
std::size_t half_of(std::size_t n) {
  return n / 2 - (n / 2) % kRunning;
}

Float4 block_sum(const float* values, std::size_t n) {
  if (n > kPairwiseLeaf) {
    const std::size_t half = half_of(n);
    return block_sum(values, half) + block_sum(values + half * kLanes, n - half);
  }
  Float4 sum = {};
  std::size_t i = 0;
  if (n >= kRunning) {
    Float4 r[kRunning];
    for (std::size_t k = 0; k < kRunning; ++k) r[k] = load<Float4>(values + k * kLanes);
    for (i = kRunning; i + kRunning <= n; i += kRunning) {
      for (std::size_t k = 0; k < kRunning; ++k) r[k] += load<Float4>(values + (i + k) * kLanes);
    }
    sum = sum_of_running(r);
  }
  for (; i < n; ++i) sum += load<Float4>(values + i * kLanes);
  return sum;
}

/// Sums of vectors that are 0 at most places. A stretch with one place sums to its value, a stretch
/// without any to 0, whatever the order.
class SparseVectors {
 public:
  SparseVectors(std::span<const std::uint32_t> at, const float* values, std::size_t stride)
      : at_(at), values_(values), stride_(stride) {}

  /// The next stretch [start, start + n), which is a block or shorter. Stretches must be taken from
  /// left to right.
  Float4 next_sum(std::size_t start, std::size_t n) {
    if (next_ == at_.size() || at_[next_] >= start + n) return Float4{};
    if (next_ + 1 == at_.size() || at_[next_ + 1] >= start + n) return value(next_++);
    if (n <= kPairwiseLeaf) return leaf(start, n);
    const std::size_t half = half_of(n);
    const Float4 left = next_sum(start, half);
    return left + next_sum(start + half, n - half);
  }

  [[nodiscard]] bool done() const { return next_ == at_.size(); }
  [[nodiscard]] std::size_t next_place() const { return at_[next_]; }

 private:
  [[nodiscard]] Float4 value(std::size_t i) const { return load<Float4>(values_ + i * stride_); }

  Float4 leaf(std::size_t start, std::size_t n) {
    const std::size_t end = start + n;
    const std::size_t tail = n < kRunning ? start : end - n % kRunning;
    Float4 r[kRunning] = {};
    for (; next_ < at_.size() && at_[next_] < tail; ++next_) {
      r[(at_[next_] - start) % kRunning] += value(next_);
    }
    Float4 sum = sum_of_running(r);
    for (; next_ < at_.size() && at_[next_] < end; ++next_) sum += value(next_);
    return sum;
  }

  std::span<const std::uint32_t> at_;
  const float* values_;
  std::size_t stride_;
  std::size_t next_ = 0;
};

}  // namespace

Float4 numpy_sum(const float* values, std::size_t count) {
  Float4 sum = {};
  for (std::size_t at = 0; at < count; at += kBlock) {
    sum += block_sum(values + at * kLanes, std::min(kBlock, count - at));
  }
  return sum;
}

Float4 sparse_numpy_sum(std::span<const std::uint32_t> at, const float* values, std::size_t stride,
                        std::size_t size) {
  SparseVectors vectors(at, values, stride);
  Float4 sum = {};
  while (!vectors.done()) {
    const std::size_t start = vectors.next_place() / kBlock * kBlock;
    sum += vectors.next_sum(start, std::min(kBlock, size - start));
  }
  return sum;
}

}  // namespace ionloom::imaging
