#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ionloom::report {

// What a block of DEFLATE (RFC 1951) with codes of its own is made of.

inline constexpr unsigned kEndOfBlock = 256;
inline constexpr unsigned kFirstLength = 257;
inline constexpr unsigned kLiteralsAndLengths = 286;
inline constexpr unsigned kDistances = 30;
inline constexpr std::size_t kShortestMatch = 3;
inline constexpr std::size_t kLongestMatch = 258;
inline constexpr std::size_t kFarthest = 32768;
inline constexpr unsigned kLongestCode = 15;  ///< bits
/// Bytes of a block's head at its longest, and what a BitWriter writes ahead.
inline constexpr std::size_t kBlockHeadBytes = 1024;

/// A number said as a symbol and further bits. Source: RFC 1951, section 3.2.5.
struct Extended {
  std::uint16_t symbol = 0;
  std::uint8_t extra_bits = 0;
  std::uint16_t extra = 0;
};

/// Of each length from kShortestMatch to kLongestMatch: four symbols to each number of extra bits,
/// the longest match apart.
inline constexpr std::array<Extended, kLongestMatch + 1> kMatchSymbols = [] {
  std::array<Extended, kLongestMatch + 1> symbols{};
  for (std::size_t length = kShortestMatch; length < kLongestMatch; ++length) {
    const auto over = static_cast<unsigned>(length - kShortestMatch);
    const unsigned extra_bits = over < 8 ? 0 : static_cast<unsigned>(std::bit_width(over)) - 3;
    symbols[length] = {
        static_cast<std::uint16_t>(kFirstLength + 4 * extra_bits + (over >> extra_bits)),
        static_cast<std::uint8_t>(extra_bits),
        static_cast<std::uint16_t>(over & ((1U << extra_bits) - 1))};
  }
  symbols[kLongestMatch] = {285, 0, 0};
  return symbols;
}();

/// REQUIRES: a distance from 1 to kFarthest.
[[nodiscard]] Extended distance_symbol(std::size_t distance);

struct Code {
  std::uint64_t bits = 0;  ///< first bit lowest
  unsigned length = 0;

  /// This code and then another.
  void append(Code next) {
    bits |= next.bits << length;
    length += next.length;
  }
};

/// Puts bits into bytes, the lowest first.
class BitWriter {
 public:
  explicit BitWriter(char* to) : to_(to) {}

  /// At most 56 bits. Writes 8 bytes, of which the last may be ones yet to come.
  void put(Code code) {
    waiting_ |= code.bits << filled_;
    filled_ += code.length;
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(to_, &waiting_, sizeof waiting_);
    to_ += filled_ >> 3U;
    waiting_ >>= filled_ & ~7U;
    filled_ &= 7U;
  }

  /// Fills the last byte up; where the next would go.
  [[nodiscard]] char* finish() {
    if (filled_ > 0) put({0, 8 - filled_});
    return to_;
  }

 private:
  char* to_;
  std::uint64_t waiting_ = 0;
  unsigned filled_ = 0;  ///< bits waiting, 7 at most between calls
};

/// Writes the head of the last block of a stream: that it has codes of its own, and their lengths.
/// @param literals   kLiteralsAndLengths lengths
/// @param distances  kDistances lengths
void write_block_head(std::span<const std::uint8_t> literals,
                      std::span<const std::uint8_t> distances, BitWriter& bits);

}  // namespace ionloom::report
