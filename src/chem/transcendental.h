#pragma once

#include <bit>
#include <cstdint>

#include "chem/lanes.h"

namespace ionloom::chem {

// Our own exp and log, because libm's differ between systems in the last bit and results must be
// the same bits everywhere. Both are within 1 ulp of the true value in the range given.

/// e^x for x in [-700, 700]; 0 below.
[[nodiscard]] inline Pair exact_exp(Pair x) {
  constexpr double kLog2E = 1.4426950408889634;
  constexpr double kLn2High = 6.93147180369123816490e-01;  // 33 bits: k * high is exact
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  const PairMask vanishing = x < -700.0;
  x = vanishing ? pair_of(-700) : x;
  const Pair k = floor_of(x * kLog2E + 0.5);
  const Pair r = (x - k * kLn2High) - k * kLn2Low;
  // Taylor series; |r| <= ln(2) / 2 leaves less than 1e-17.
  Pair sum = pair_of(1.0 / 6227020800.0);
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r * r + r;
  // 2^k: adding 2^52 puts the biased exponent into the lowest bits, the shift into its place.
  const Pair exponent = k + (0x1p52 + 1023);
  const auto power = std::bit_cast<Pair>(std::bit_cast<PairBits>(exponent) << 52);
  return vanishing ? pair_of(0) : (1.0 + sum) * power;
}

[[nodiscard]] inline double exact_exp(double x) {
  return exact_exp(pair_of(x))[0];
}

/// Natural logarithm of a positive, normal x.
[[nodiscard]] inline double exact_log(double x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<std::int32_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // ln m = 2 atanh(f), f = (m - 1) / (m + 1), |f| < 0.172.
  const double f = (m - 1) / (m + 1);
  const double s = f * f;
  double series = 0;
  for (int n = 23; n >= 3; n -= 2) series = (series + 1.0 / n) * s;
  return exponent * kLn2High + (2 * f + (2 * f * series + exponent * kLn2Low));
}

}  // namespace ionloom::chem
