#pragma once

#include <span>

namespace ionloom::imaging {

/// Sum in f32 with NumPy's order of additions, so that the last bit agrees: blocks of 8192 values
/// added one after the other; inside a block pairwise, with eight running sums below 128 values.
/// Source: NumPy's pairwise summation (umath/loops, 1.19) and its buffer size.
[[nodiscard]] float numpy_sum(std::span<const float> values);

}  // namespace ionloom::imaging
