#include "app/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/core.h>

namespace ionloom::app {

std::optional<double> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"", 1}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86'400}}};
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || number <= 0) return std::nullopt;
  std::string_view unit(stopped, static_cast<std::size_t>(end - stopped));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  for (const auto& [name, seconds] : kUnits) {
    if (unit == name) return number * seconds;
  }
  return std::nullopt;
}

CLI::Validator duration() {
  return CLI::Validator(
      [](std::string& text) {
        const auto seconds = parse_duration(text);
        if (!seconds) {
          return fmt::format("\"{}\" is not a duration (expected for example 90s, 10m or 1.5h)",
                             text);
        }
        text = fmt::format("{}", *seconds);
        return std::string();
      },
      "");
}

std::string readable_duration(double seconds) {
  if (seconds < 0.0995) return fmt::format("{:.2g} ms", 1000 * seconds);
  if (seconds < 119.5) return fmt::format("{:.{}f} s", seconds, seconds < 9.95 ? 2 : 1);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace ionloom::app
