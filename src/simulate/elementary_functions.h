#pragma once

namespace ionloom::simulate {

// exp, ln and 10^x in plain IEEE arithmetic, because the C library's differ in the last bit between
// platforms and a seed has to give the same bytes everywhere. Relative error below 1e-14.

/// e^x; 0 for x < -700, e^700 for x > 700.
[[nodiscard]] double portable_exp(double x);

/// Natural logarithm. REQUIRES: x is a normal number > 0.
[[nodiscard]] double portable_ln(double x);

/// 10^x, limited like portable_exp.
[[nodiscard]] inline double portable_exp10(double x) {
  return portable_exp(x * 2.302585092994045684);
}

[[nodiscard]] inline double portable_log10(double x) {
  return portable_ln(x) * 0.43429448190325182765;
}

}  // namespace ionloom::simulate
