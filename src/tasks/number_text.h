#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ionloom::tasks {

/// The shortest text that reads back as the same number.
[[nodiscard]] std::string shortest_text(double number);

/// A finite number in decimal digits, without blanks or a plus sign.
[[nodiscard]] std::optional<double> finite_number(std::string_view text);

/// A whole number in plain digits, without leading zeros.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

}  // namespace ionloom::tasks
