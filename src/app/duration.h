#pragma once

#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// A duration as people write it: "90", "90s", "10m", "1.5h", "2 min". Without a unit, seconds.
/// @return seconds; nothing for any other text, and for what is not above 0
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

/// Takes an option's value as a duration in seconds.
[[nodiscard]] CLI::Validator duration();

/// "42 ms", "0.42 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string readable_duration(double seconds);

}  // namespace ionloom::app
