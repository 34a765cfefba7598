#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ionloom::stages {

/// Type of the numbers of a binary array. The values are those of docs/formats/stage-objects.md.
enum class NumberType : std::uint8_t {
  kFloat32 = 0,
  kFloat64 = 1,
  kInt8 = 2,
  kInt16 = 3,
  kInt32 = 4,
  kInt64 = 5
};

/// Bytes of one value.
[[nodiscard]] std::uint64_t width_bytes(NumberType type);

/// A binary array as it lies in a file, little-endian, at any address.
struct NumberArray {
  NumberType type = NumberType::kFloat64;
  std::span<const unsigned char> bytes;  ///< of as many values as the spectrum has peaks

  [[nodiscard]] double at(std::uint64_t position) const;
};

/// What keep_peaks() found.
struct KeptPeaks {
  std::uint64_t kept = 0;
  bool sorted = true;     ///< m/z never falls, peaks that are left out included
  std::uint64_t bad = 0;  ///< position of the first kept peak whose m/z is no mass, or `count`
};

/// Keeps the peaks with intensity > 0 (in the type of the array; then rounded to f32) of a
/// spectrum of `count` peaks. Ends at the first of them whose m/z is NaN, infinite or negative.
/// @param mz, intensity  room for `count` values each
[[nodiscard]] KeptPeaks keep_peaks(const NumberArray& mz_array, const NumberArray& intensity_array,
                                   std::uint64_t count, double* mz, float* intensity);

}  // namespace ionloom::stages
