#include "app/byte_size.h"

#include <charconv>
#include <cmath>
#include <string>

#include <fmt/core.h>

namespace ionloom::app {
namespace {

constexpr double kTooLarge = 9223372036854775808.0;  // 2^63

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Bytes of a unit such as "", "b", "k", "KB", "Mi" or "MiB".
std::optional<double> unit_bytes(std::string_view unit) {
  double power = 0;
  double base = 1000;
  if (!unit.empty()) {
    const auto at = std::string_view("kmgtpe").find(lower(unit.front()));
    if (at != std::string_view::npos) {
      power = static_cast<double>(at + 1);
      unit.remove_prefix(1);
      if (!unit.empty() && lower(unit.front()) == 'i') {
        base = 1024;
        unit.remove_prefix(1);
      }
    }
  }
  if (!unit.empty() && lower(unit.front()) == 'b') unit.remove_prefix(1);
  if (!unit.empty()) return std::nullopt;
  return std::pow(base, power);
}

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  std::string_view unit(stopped, static_cast<std::size_t>(end - stopped));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  const auto scale = unit_bytes(unit);
  if (!scale || number * *scale >= kTooLarge) return std::nullopt;
  return static_cast<std::uint64_t>(number * *scale);
}

CLI::Validator byte_size() {
  return CLI::Validator(
      [](std::string& text) {
        const auto size_bytes = parse_byte_size(text);
        if (!size_bytes) {
          return fmt::format("\"{}\" is not a size (expected for example 800M, 4G or 1.5GiB)",
                             text);
        }
        text = std::to_string(*size_bytes);
        return std::string();
      },
      "");
}

}  // namespace ionloom::app
