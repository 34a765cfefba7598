#include "report/deflate_block.h"

#include <algorithm>
#include <array>
#include <vector>

#include "report/prefix_code.h"

namespace ionloom::report {
namespace {

constexpr std::size_t kLengthSymbols = 19;
constexpr unsigned kLongestLengthCode = 7;

/// Says a run of equal code lengths, or its beginning; how many are said.
std::size_t say_run(std::uint8_t length, std::size_t run, std::vector<Extended>& said) {
  if (length == 0 && run >= 11) {
    run = std::min<std::size_t>(run, 138);
    said.push_back({18, 7, static_cast<std::uint16_t>(run - 11)});
  } else if (length == 0 && run >= 3) {
    said.push_back({17, 3, static_cast<std::uint16_t>(run - 3)});
  } else if (run >= 4) {
    run = std::min<std::size_t>(run, 7);
    said.push_back({length, 0, 0});
    said.push_back({16, 2, static_cast<std::uint16_t>(run - 4)});
  } else {
    run = 1;
    said.push_back({length, 0, 0});
  }
  return run;
}

}  // namespace

Extended distance_symbol(std::size_t distance) {
  // Two symbols to each number of extra bits.
  const auto over = static_cast<unsigned>(distance - 1);
  const unsigned extra_bits = over < 4 ? 0 : static_cast<unsigned>(std::bit_width(over)) - 2;
  return {static_cast<std::uint16_t>(2 * extra_bits + (over >> extra_bits)),
          static_cast<std::uint8_t>(extra_bits),
          static_cast<std::uint16_t>(over & ((1U << extra_bits) - 1))};
}

void write_block_head(std::span<const std::uint8_t> literals,
                      std::span<const std::uint8_t> distances, BitWriter& bits) {
  std::vector<std::uint8_t> lengths(literals.begin(), literals.end());
  lengths.insert(lengths.end(), distances.begin(), distances.end());
  std::vector<Extended> said;
  for (std::size_t i = 0; i < lengths.size();) {
    std::size_t run = 1;
    while (i + run < lengths.size() && lengths[i + run] == lengths[i]) ++run;
    i += say_run(lengths[i], run, said);
  }
  // The lengths are said in a code of their own, whose lengths go first, three bits each.
  std::array<std::uint64_t, kLengthSymbols> counts{};
  std::array<std::uint8_t, kLengthSymbols> code_lengths{};
  std::array<std::uint16_t, kLengthSymbols> codes{};
  for (const Extended& length : said) ++counts[length.symbol];
  prefix_code_lengths(counts, kLongestLengthCode, code_lengths);
  prefix_codes(code_lengths, codes);

  // RFC 1951, section 3.2.7.
  constexpr std::array<std::uint8_t, kLengthSymbols> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                               11, 4,  12, 3, 13, 2, 14, 1, 15};
  bits.put({1, 1});     // the last block
  bits.put({0b10, 2});  // with codes of its own
  bits.put({kLiteralsAndLengths - kFirstLength, 5});
  bits.put({kDistances - 1, 5});
  bits.put({kLengthSymbols - 4, 4});
  for (const std::uint8_t symbol : kOrder) bits.put({code_lengths[symbol], 3});
  for (const Extended& length : said) {
    Code code = {codes[length.symbol], code_lengths[length.symbol]};
    code.append({length.extra, length.extra_bits});
    bits.put(code);
  }
}

}  // namespace ionloom::report
