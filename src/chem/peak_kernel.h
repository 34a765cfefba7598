#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "chem/lanes.h"
#include "chem/transcendental.h"

namespace ionloom::chem {

// The two ways in which METASPACE's library computes e^x for a Gaussian peak; x is at most 0.

/// Version 1: e^x as such, out to 12 sigma.
class ExactKernel {
 public:
  static constexpr double kWidthSigmas = 12;

  Pair operator()(Pair x) const { return exact_exp(x); }
};

/// Version 3: e^x from a table with a second-order correction, out to 6 sigma; 0 further out.
class TableKernel {
 public:
  static constexpr double kWidthSigmas = 6;

  TableKernel() {
    double x = kMin;
    for (double& node : nodes_) {
      node = exact_exp(x);
      x += kStep;
    }
  }

  Pair operator()(Pair x) const {
    const PairMask outside = x < kMin;
    const Pair inside = outside ? pair_of(kMin) : x;
    const PairWhole whole = whole_of((inside - kMin) / kStep);  // never negative
    const Pair node = {nodes_[whole.first], nodes_[whole.second]};
    const Pair d = inside - (kMin + whole.value * kStep);
    const Pair value = node * (1 + d * (1 + d / 2.0));
    return outside ? pair_of(0) : value;
  }

 private:
  static constexpr double kMin = -18;
  static constexpr double kStep = 4e-3;
  std::array<double, 4501> nodes_;
};

}  // namespace ionloom::chem
