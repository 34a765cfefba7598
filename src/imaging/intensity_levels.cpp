#include "imaging/intensity_levels.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "imaging/vectors.h"

namespace ionloom::imaging {
namespace {

constexpr float kLevels = kIntensityLevels;
/// Between these, products and quotients below are normal numbers: neither 0 nor infinite.
constexpr float kLowestPlainMaximum = 1e-30F;
constexpr float kHighestPlainMaximum = 1e37F;

/// The definition, for maxima whose levels may be 0, infinite or NaN.
std::uint8_t exceeded_of_any(float value, const std::array<float, kIntensityLevels>& levels) {
  return static_cast<std::uint8_t>(
      std::ranges::count_if(levels, [value](float level) { return value > level; }));
}

/// A value r levels high when rounded to the nearest level exceeds the levels below r, none above
/// r, and level r if the comparison says so.
Int4 exceeded_of_four(Float4 value, float highest, float per_value) {
  value = reinterpret_cast<Float4>(reinterpret_cast<Int4>(value) & (value > 0.0F));
  const Int4 nearest = __builtin_convertvector(value * per_value + 0.5F, Int4);
  const Float4 level = (highest * __builtin_convertvector(nearest, Float4)) / kLevels;
  return nearest - ((value > level) & (nearest < kIntensityLevels));
}

/// Every other byte of two vectors. Twice makes bytes of 32-bit integers below 256.
Byte16 even_bytes(Byte16 a, Byte16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

}  // namespace

void count_exceeded_levels(std::span<const float> values, float highest,
                           std::span<std::uint8_t> levels) {
  if (!(highest >= kLowestPlainMaximum && highest <= kHighestPlainMaximum)) {
    std::array<float, kIntensityLevels> thresholds{};
    for (int i = 0; i < kIntensityLevels; ++i) {
      const float product = highest * static_cast<float>(i);
      thresholds[static_cast<std::size_t>(i)] = product / kLevels;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      levels[i] = exceeded_of_any(values[i], thresholds);
    }
    return;
  }
  const float per_value = kLevels / highest;
  const auto exceeded = [&](std::size_t at) {
    return reinterpret_cast<Byte16>(
        exceeded_of_four(load<Float4>(&values[at]), highest, per_value));
  };
  std::size_t i = 0;
  for (; i + sizeof(Byte16) <= values.size(); i += sizeof(Byte16)) {
    const Byte16 low = even_bytes(exceeded(i), exceeded(i + 4));
    const Byte16 high = even_bytes(exceeded(i + 8), exceeded(i + 12));
    store(&levels[i], even_bytes(low, high));
  }
  for (; i < values.size(); ++i) {
    const Float4 one = {values[i], 0, 0, 0};
    levels[i] = static_cast<std::uint8_t>(exceeded_of_four(one, highest, per_value)[0]);
  }
}

}  // namespace ionloom::imaging
