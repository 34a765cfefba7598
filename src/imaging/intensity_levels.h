#pragma once

#include <cstdint>
#include <span>

namespace ionloom::imaging {

inline constexpr int kIntensityLevels = 30;

/// For each value the number of levels l_i = f32(f32(highest x i) / 30), i = 0..29, that it
/// exceeds: 0 for values that are not positive, at most 30.
/// @param highest  the highest of the values, 0 when none is positive
/// @param levels   as many as values
/// Source: METASPACE engine, measure of chaos: the image is cut at these levels, in f32.
void count_exceeded_levels(std::span<const float> values, float highest,
                           std::span<std::uint8_t> levels);

}  // namespace ionloom::imaging
