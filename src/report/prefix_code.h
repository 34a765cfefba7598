#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ionloom::report {

/// Lengths in bits of an optimal prefix code, at most `longest`; 0 for symbols that do not occur.
/// At least two symbols get a code, so that the code is complete. Symbols that occur equally often
/// are told apart by their number, so equal counts give equal lengths.
/// @param counts   how often each symbol occurs; fewer than 2^`longest` of them occur
/// @param longest  15 at most
/// @param lengths  as many as counts
/// Source: Moffat & Katajainen 1995, doi:10.1007/3-540-60220-8_79.
void prefix_code_lengths(std::span<const std::uint64_t> counts, unsigned longest,
                         std::span<std::uint8_t> lengths);

/// The codes of these lengths, numbered as RFC 1951 section 3.2.2 says and turned so that their
/// first bit is the lowest.
void prefix_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes);

}  // namespace ionloom::report
