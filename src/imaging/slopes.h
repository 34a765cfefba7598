#pragma once

#include <cstddef>
#include <cstdint>

#include "imaging/vectors.h"

namespace ionloom::imaging {

/// Where a row of levels rises and falls, for 64 neighbouring columns: bit i belongs to column
/// first + i and compares it with the column before.
struct Slopes {
  std::uint64_t rises = 0;
  std::uint64_t falls = 0;
};

/// Bit i of the result is set when byte i of the four vectors, 0 or 255 each, is.
[[nodiscard]] inline std::uint64_t mask_of(const Byte16 (&bytes)[4]) {
  // Vector k gives its low bytes bit 2k and its high ones bit 2k + 1 ...
  Byte16 all = {};
  for (int k = 0; k < 4; ++k) {
    const auto low = static_cast<std::uint8_t>(1U << (2 * k));
    const auto high = static_cast<std::uint8_t>(2U << (2 * k));
    all |= bytes[k] & Byte16{low,  low,  low,  low,  low,  low,  low,  low,
                             high, high, high, high, high, high, high, high};
  }
  using Word2 = std::uint64_t __attribute__((vector_size(16)));
  const auto halves = reinterpret_cast<Word2>(all);
  std::uint64_t x = halves[0] | halves[1];
  // ... which makes an 8 x 8 matrix of bits to be transposed (Hacker's Delight, 7-3).
  std::uint64_t swap = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAULL;
  x ^= swap ^ (swap << 7);
  swap = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCULL;
  x ^= swap ^ (swap << 14);
  swap = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ULL;
  return x ^ swap ^ (swap << 28);
}

/// Slopes of the 64 columns from `first` on. `level(at)` gives the 16 levels from column `at` on.
template <class Level>
[[nodiscard]] inline Slopes slopes_of(std::ptrdiff_t first, Level level) {
  Byte16 rises[4];
  Byte16 falls[4];
  for (std::ptrdiff_t k = 0; k < 4; ++k) {
    // Levels are below 128, so that the signed comparison, which every machine has, is right.
    const auto here = reinterpret_cast<SignedByte16>(level(first + 16 * k));
    const auto before = reinterpret_cast<SignedByte16>(level(first + 16 * k - 1));
    rises[k] = reinterpret_cast<Byte16>(here > before);
    falls[k] = reinterpret_cast<Byte16>(here < before);
  }
  return {mask_of(rises), mask_of(falls)};
}

/// Tells tops from terraces while masks go by from left to right.
class TurningPoints {
 public:
  struct Turns {
    std::uint64_t valleys = 0;  ///< first rise after a fall; the first rise of all is one
    std::uint64_t tops = 0;     ///< first fall after a rise: the column after a top
  };

  [[nodiscard]] Turns next(const Slopes& slopes) {
    const std::uint64_t flat = ~(slopes.rises | slopes.falls);
    const Turns turns = {slopes.rises & reached(slopes.falls, flat, falling_),
                         slopes.falls & reached(slopes.rises, flat, !falling_)};
    if (~flat != 0) falling_ = slopes.falls > slopes.rises;  // whose last bit is higher
    return turns;
  }

 private:
  /// Columns that follow a bit of `from`, or the start if `carried`, with nothing but flat ones
  /// between: adding a bit at the start of a run of flat ones carries it through.
  static std::uint64_t reached(std::uint64_t from, std::uint64_t flat, bool carried) {
    const std::uint64_t after = (from << 1) | (carried ? 1U : 0U);
    return after | (flat + (after & flat));
  }

  bool falling_ = true;
};

}  // namespace ionloom::imaging
