#pragma once

#include <array>
#include <cstdint>

namespace ionloom::simulate {

/// What a stream of random numbers is for: equal seeds with different purposes are independent.
enum class Purpose : std::uint64_t {
  kParameters,
  kTissue,
  kFields,
  kBackground,
  kPlantedIons,
  kIonMaps,
  kPixel,
  kUuid,
};

/// Random numbers that are equal on every platform for equal keys (the C++ library's distributions
/// are not). Generator: xoshiro256** (Blackman & Vigna 2018, doi:10.1145/3460772), its state filled
/// by SplitMix64.
class RandomStream {
 public:
  /// The stream of (seed, purpose, index); `index` is the pixel, ion or field.
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint64_t index = 0);

  [[nodiscard]] std::uint64_t bits();
  /// In (0, 1), never either end.
  [[nodiscard]] double uniform();
  [[nodiscard]] double uniform(double low, double high);
  /// In [0, bound). REQUIRES: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// Mean 0, standard deviation 1.
  [[nodiscard]] double normal();
  /// Mean 1.
  [[nodiscard]] double exponential();

 private:
  std::array<std::uint64_t, 4> state_;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace ionloom::simulate
