#include "report/prefix_code.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::report {
namespace {

std::vector<std::uint8_t> lengths_of(const std::vector<std::uint64_t>& counts, unsigned longest) {
  std::vector<std::uint8_t> lengths(counts.size());
  prefix_code_lengths(counts, longest, lengths);
  return lengths;
}

/// Share of all codes that these take, in codes of `longest` bits.
std::uint64_t filled(const std::vector<std::uint8_t>& lengths, unsigned longest) {
  std::uint64_t sum = 0;
  for (const std::uint8_t length : lengths) {
    EXPECT_LE(length, longest);
    if (length > 0) sum += std::uint64_t{1} << (longest - length);
  }
  return sum;
}

TEST(PrefixCode, gives_rarer_symbols_longer_codes) {
  EXPECT_EQ(lengths_of({1, 8, 0, 2, 4}, 15), (std::vector<std::uint8_t>{3, 1, 0, 3, 2}));
}

TEST(PrefixCode, of_one_or_no_symbol_has_two_of_one_bit) {
  EXPECT_EQ(lengths_of({0, 0, 5}, 15), (std::vector<std::uint8_t>{1, 0, 1}));
  EXPECT_EQ(lengths_of({0, 0, 0}, 15), (std::vector<std::uint8_t>{1, 1, 0}));
}

TEST(PrefixCode, stays_complete_when_codes_are_cut_short) {
  // Fibonacci's numbers make the deepest tree there is: 39 bits.
  std::vector<std::uint64_t> counts = {1, 1};
  while (counts.size() < 40) counts.push_back(counts.end()[-1] + counts.end()[-2]);
  for (const unsigned longest : {6U, 7U, 15U}) {
    EXPECT_EQ(filled(lengths_of(counts, longest), longest), std::uint64_t{1} << longest);
  }
}

TEST(PrefixCode, codes_of_rfc_1951_section_3_2_2) {
  const std::vector<std::uint8_t> lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> codes(8);
  prefix_codes(lengths, codes);
  // 010 011 100 101 110 00 1110 1111, first bit lowest
  EXPECT_EQ(codes,
            (std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111}));
}

}  // namespace
}  // namespace ionloom::report
