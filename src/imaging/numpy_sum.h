#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imaging/vectors.h"

namespace ionloom::imaging {

// Sums in f32 with NumPy's order of additions, so that the last bit agrees: blocks of 8192 values
// added one after the other; inside a block pairwise, with eight running sums below 128 values.
// Four vectors are summed at once, which lie side by side. Source: NumPy's pairwise summation
// (umath/loops, 1.19) and its buffer size.

/// Sums of values[4 i + lane], i = 0 .. count - 1.
[[nodiscard]] Float4 numpy_sum(const float* values, std::size_t count);

/// Sums of vectors of `size` values that are 0 but at the places `at`, ascending, which have
/// values[stride i + lane]. Zeros do not change a sum, so that only the places cost time.
[[nodiscard]] Float4 sparse_numpy_sum(std::span<const std::uint32_t> at, const float* values,
                                      std::size_t stride, std::size_t size);

}  // namespace ionloom::imaging
