#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ionloom::imzml {

/// A whole number as writers spell it: "1156000000", "-16", " 12 ", "1.156e+09", "3.0".
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);

/// parse_whole() without negative numbers.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

[[nodiscard]] std::optional<double> parse_real(std::string_view text);

/// The hexadecimal digits of a UUID or checksum, in lower case: braces, hyphens, spaces and a
/// leading 0x left out.
[[nodiscard]] std::string hex_digits(std::string_view text);

}  // namespace ionloom::imzml
