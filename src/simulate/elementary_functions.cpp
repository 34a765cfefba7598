#include "simulate/elementary_functions.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ionloom::simulate {
namespace {

constexpr double kLn2High =
    6.93147180369123816490e-01;  // upper 32 bits of ln 2: k * kLn2High exact
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kInverseLn2 = 1.44269504088896338700;
constexpr std::uint64_t kMantissaMask = 0x000fffffffffffffULL;

constexpr std::array<double, 14> kInverseFactorial = {1.0,
                                                      1.0,
                                                      1.0 / 2,
                                                      1.0 / 6,
                                                      1.0 / 24,
                                                      1.0 / 120,
                                                      1.0 / 720,
                                                      1.0 / 5040,
                                                      1.0 / 40320,
                                                      1.0 / 362880,
                                                      1.0 / 3628800,
                                                      1.0 / 39916800,
                                                      1.0 / 479001600,
                                                      1.0 / 6227020800.0};

}  // namespace

double portable_exp(double x) {
  if (x < -700.0) return 0.0;
  if (x > 700.0) x = 700.0;
  const auto k = static_cast<std::int64_t>(x * kInverseLn2 + (x < 0 ? -0.5 : 0.5));
  const auto kd = static_cast<double>(k);
  const double r = (x - kd * kLn2High) - kd * kLn2Low;  // |r| <= ln(2) / 2
  double sum = kInverseFactorial[13];
  for (std::size_t n = 13; n-- > 0;) sum = sum * r + kInverseFactorial[n];
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

double portable_ln(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto k = static_cast<std::int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & kMantissaMask) | (1023ULL << 52));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++k;
  }
  // ln m = 2 atanh(s), |s| <= 0.1716
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double sum = 1.0 / 21;
  sum = sum * s2 + 1.0 / 19;
  sum = sum * s2 + 1.0 / 17;
  sum = sum * s2 + 1.0 / 15;
  sum = sum * s2 + 1.0 / 13;
  sum = sum * s2 + 1.0 / 11;
  sum = sum * s2 + 1.0 / 9;
  sum = sum * s2 + 1.0 / 7;
  sum = sum * s2 + 1.0 / 5;
  sum = sum * s2 + 1.0 / 3;
  sum = sum * s2 + 1.0;
  const auto kd = static_cast<double>(k);
  return kd * kLn2High + (2.0 * s * sum + kd * kLn2Low);
}

}  // namespace ionloom::simulate
