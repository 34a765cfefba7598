#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace ionloom::chem {

// Our own exp and log, because libm's differ between systems in the last bit and results must be
// the same bits everywhere. Both are within 1 ulp of the true value in the range given.

/// e^x for x in [-700, 700]; 0 below.
[[nodiscard]] inline double exact_exp(double x) {
  if (x < -700) return 0;
  constexpr double kLog2E = 1.4426950408889634;
  constexpr double kLn2High = 6.93147180369123816490e-01;  // 33 bits: k * high is exact
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  const double k = std::floor(x * kLog2E + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  // Taylor series; |r| <= ln(2) / 2 leaves less than 1e-17.
  double sum = 1.0 / 6227020800.0;
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
  const auto exponent = static_cast<std::int64_t>(k) + 1023;
  return (1.0 + sum) * std::bit_cast<double>(static_cast<std::uint64_t>(exponent) << 52);
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
