#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ionloom::chem {

/// Two doubles in a vector register, computed side by side: every result has the bits that it has
/// alone. 16 bytes, because x86-64 and WebAssembly have at least that.
using Pair = double __attribute__((vector_size(16)));
using PairMask = std::int64_t __attribute__((vector_size(16)));
using PairInts = std::int32_t __attribute__((vector_size(8)));
using PairBits = std::uint64_t __attribute__((vector_size(16)));

inline Pair pair_of(double value) {
  return Pair{value, value};
}

/// Largest whole number that is not above each of `value`, whose magnitude is below 2^51.
inline Pair floor_of(Pair value) {
  constexpr double kToWhole = 0x1.8p52;
  const Pair nearest = (value + kToWhole) - kToWhole;
  return nearest - (nearest > value ? pair_of(1) : pair_of(0));
}

/// The whole parts of two numbers from 0 to below 2^31.
struct PairWhole {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  Pair value = {};  ///< the same as doubles
};

inline PairWhole whole_of(Pair value) {
#ifdef __wasm__
  // Conversions to whole numbers are checked there, each by itself. Added to 2^52, a whole number
  // stands in the lowest bits.
  const Pair whole = __builtin_elementwise_floor(value);
  const auto bits = std::bit_cast<PairBits>(whole + 0x1p52);
  return {static_cast<std::uint32_t>(bits[0]), static_cast<std::uint32_t>(bits[1]), whole};
#else
  const auto whole = __builtin_convertvector(value, PairInts);
  return {static_cast<std::uint32_t>(whole[0]), static_cast<std::uint32_t>(whole[1]),
          __builtin_convertvector(whole, Pair)};
#endif
}

/// Four floats, for estimates that decide only what need not be computed.
using Quad = float __attribute__((vector_size(16)));
using QuadBits = std::int32_t __attribute__((vector_size(16)));

inline Quad quad_of(float value) {
  return Quad{value, value, value, value};
}

/// e^x for x in [-80, 0], within 1e-5 relative.
inline Quad rough_exp(Quad x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kToWhole = 0x1.8p23F;
  const Quad binary = x * kLog2E;
  const Quad shifted = binary + kToWhole;
  const Quad f = binary - (shifted - kToWhole);
  // Taylor series of 2^f, |f| <= 1/2.
  Quad power = f * 1.3333558e-3F + 9.6181291e-3F;
  power = power * f + 5.5504109e-2F;
  power = power * f + 2.4022651e-1F;
  power = power * f + 6.9314718e-1F;
  power = power * f + 1.0F;
  const QuadBits exponent = std::bit_cast<QuadBits>(shifted) << 23;
  return std::bit_cast<Quad>(std::bit_cast<QuadBits>(power) + exponent);
}

}  // namespace ionloom::chem
