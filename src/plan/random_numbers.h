#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace ionloom::plan {

/// Random numbers that are equal everywhere for equal seeds: the standard fixes the sequence of
/// mt19937_64, but not those of its distributions.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1).
  [[nodiscard]] double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  /// In [0, bound). REQUIRES: bound > 0. Its bias, bound / 2^64, is of no concern here.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

  /// Mean 0, standard deviation 1; Marsaglia's polar method.
  [[nodiscard]] double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double u = 0;
    double v = 0;
    double square = 0;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    const double factor = std::sqrt(-2 * std::log(square) / square);
    spare_ = v * factor;
    has_spare_ = true;
    return u * factor;
  }

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace ionloom::plan
