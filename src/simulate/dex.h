#pragma once

#include "chem/transcendental.h"

namespace ionloom::simulate {

// Abundances are drawn in dex, powers of ten.

[[nodiscard]] inline double from_dex(double dex) {
  return chem::exact_exp(dex * 2.302585092994045684);
}

/// REQUIRES: ratio is a normal number > 0.
[[nodiscard]] inline double to_dex(double ratio) {
  return chem::exact_log(ratio) * 0.43429448190325182765;
}

}  // namespace ionloom::simulate
