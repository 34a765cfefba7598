#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ionloom::stages {

/// What came of a compressed array.
struct Inflated {
  std::uint64_t size_bytes = 0;  ///< that came out, at most as many as there is room for
  bool has_more = false;         ///< than there is room for
  bool is_whole = false;         ///< the stream ended, its check value is right, the room is full
};

/// One prefix code of deflate: which symbol the next bits stand for.
/// @tparam kBits     codes up to so long are looked up at once; longer ones are read bit by bit
/// @tparam kSymbols  at most
template <unsigned kBits, std::size_t kSymbols>
class SymbolCode {
 public:
  static constexpr unsigned kLongest = 15;

  struct Found {
    std::uint32_t symbol = kSymbols;  ///< kSymbols: the bits stand for none
    std::uint32_t bits = 0;
  };

  /// Takes the lengths of the symbols' codes in bits, 0: it has none. False when no code has these
  /// lengths, or when some bits would stand for nothing, but for a single code of one bit where
  /// that is allowed, and for no code at all.
  [[nodiscard]] bool set(std::span<const std::uint8_t> lengths, bool may_be_single);

  /// @param bits  the next, the first of them lowest, at least kLongest
  [[nodiscard]] Found find(std::uint64_t bits) const {
    const std::uint32_t entry = table_[bits & ((1U << kBits) - 1)];
    if (entry != 0) return {entry >> 4U, entry & 15U};
    return find_long(bits);
  }

 private:
  [[nodiscard]] Found find_long(std::uint64_t bits) const;

  std::array<std::uint16_t, std::size_t{1} << kBits> table_{};  ///< symbol x 16 + bits, 0: longer
  std::array<std::uint16_t, kLongest + 1> count_{};             ///< codes of each length
  std::array<std::uint16_t, kSymbols> symbols_{};               ///< in the order of their codes
};

/// Reads zlib streams (RFC 1950, with deflate, RFC 1951), as imzML's compressed arrays are. What it
/// takes and refuses is what zlib's inflate does. Our own, so that the stages' module needs no
/// library (docs/decisions/006). Holds tables of 5 kB; one per thread.
class Inflater {
 public:
  /// @param stream  bytes behind its end do not matter
  /// @param out     as long as what is expected
  [[nodiscard]] Inflated inflate(std::span<const unsigned char> stream,
                                 std::span<unsigned char> out);

 private:
  enum class Ended : std::uint8_t { kBlock, kFull, kDamaged };

  void fill();
  std::uint64_t take(unsigned bits);
  [[nodiscard]] bool has_read_beyond() const;
  [[nodiscard]] Ended read_block(unsigned type);
  [[nodiscard]] Ended copy_stored();
  void set_fixed_codes();
  [[nodiscard]] bool read_codes();
  [[nodiscard]] Ended decode();
  [[nodiscard]] Ended copy_match(std::uint64_t length);
  [[nodiscard]] bool check_value_is_right();

  static constexpr std::size_t kLiteralSymbols = 288;
  static constexpr std::size_t kDistanceSymbols = 32;
  SymbolCode<10, kLiteralSymbols> literals_;
  SymbolCode<8, kDistanceSymbols> distances_;

  std::span<const unsigned char> in_;
  std::span<unsigned char> out_;
  std::size_t in_at_ = 0;
  std::size_t out_at_ = 0;
  std::uint64_t bits_ = 0;     ///< read and not taken yet, the next lowest
  unsigned bit_count_ = 0;     ///< of them
  std::uint64_t missing_ = 0;  ///< bytes that were made up behind the end of the stream
};

}  // namespace ionloom::stages
