#include "imzml/number_text.h"

#include <charconv>
#include <cmath>

namespace ionloom::imzml {
namespace {

/// Whole numbers up to here are exact as doubles.
constexpr double kExactLimit = 9007199254740992.0;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
  return text;
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || text.empty()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
  text = trimmed(text);
  if (const auto whole = parsed<std::int64_t>(text)) return whole;
  const auto real = parsed<double>(text);
  if (!real || !(std::abs(*real) <= kExactLimit) || std::trunc(*real) != *real) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto whole = parse_whole(text);
  if (!whole || *whole < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*whole);
}

std::optional<double> parse_real(std::string_view text) {
  const auto real = parsed<double>(trimmed(text));
  if (!real || !std::isfinite(*real)) return std::nullopt;
  return real;
}

std::string hex_digits(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::string digits;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) digits += c;
    if (c >= 'A' && c <= 'F') digits += static_cast<char>(c - 'A' + 'a');
  }
  return digits;
}

}  // namespace ionloom::imzml
