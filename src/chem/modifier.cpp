#include "chem/modifier.h"

namespace ionloom::chem {
namespace {

constexpr std::int32_t kMaxCount = 1'000'000;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

}  // namespace

Result<Modifier> parse_modifier(std::string_view text) {
  Modifier modifier;
  if (text.empty() || text == "[M]+" || text == "[M]-") return modifier;
  const auto refuse = [&](const std::string& why) {
    return usage_error("modifier " + quoted(text) + ": " + why +
                       " (expected + or - and atoms, as in +H, -H2O, +Na-H2)");
  };
  modifier.text = text;
  std::size_t at = 0;
  while (at < text.size()) {
    const char sign = text[at++];
    if (sign != '+' && sign != '-') return refuse("found " + quoted({&sign, 1}) + ", not a sign");
    if (at == text.size() || !is_upper(text[at])) return refuse("atoms must follow the sign");
    while (at < text.size() && is_upper(text[at])) {
      const std::size_t start = at++;
      while (at < text.size() && is_lower(text[at])) ++at;
      const std::string_view symbol = text.substr(start, at - start);
      const auto id = find_element(symbol);
      if (!id) return refuse("element " + quoted(symbol) + " unknown");
      std::int32_t count = at < text.size() && is_digit(text[at]) ? 0 : 1;
      for (; at < text.size() && is_digit(text[at]); ++at) {
        count = count * 10 + (text[at] - '0');
        if (count > kMaxCount) return refuse("count too large");
      }
      modifier.steps.push_back({*id, sign == '+' ? count : -count});
    }
  }
  return modifier;
}

Result<std::string> normalise_adduct(std::string_view text, bool positive) {
  const auto unknown = [&] {
    return usage_error("adduct " + quoted(text) + " is not known in " +
                       (positive ? "positive" : "negative") + " mode (expected for example " +
                       (positive ? "+H, M+H, [M+H]+ or [M]+)" : "-H, M-H, [M-H]- or [M]-)"));
  };
  const std::string_view bare = positive ? "[M]+" : "[M]-";
  if (text == bare || text == (positive ? "M+" : "M-")) return std::string(bare);
  std::string_view body = text;
  if (!body.empty() && body.front() == '[') {
    const std::string_view end = positive ? "]+" : "]-";
    if (body.size() < end.size() || !body.ends_with(end)) return unknown();
    body = body.substr(1, body.size() - 1 - end.size());
    if (body == "M") return std::string(bare);
    if (!body.starts_with("M")) return unknown();
  }
  if (body.starts_with("M+") || body.starts_with("M-")) body.remove_prefix(1);
  if (body.empty()) return unknown();
  const auto modifier = parse_modifier(body);
  if (!modifier) return usage_error("adduct: " + modifier.error().what);
  return std::string(body);
}

std::optional<Composition> apply_modifier(const Composition& molecule, const Modifier& modifier) {
  Composition ion;
  if (!apply_modifier(molecule, modifier, ion)) return std::nullopt;
  return ion;
}

bool apply_modifier(const Composition& molecule, const Modifier& modifier, Composition& ion) {
  ion = molecule;
  for (const ElementCount& step : modifier.steps) {
    const std::int32_t count = ion.count(step.element) + step.count;
    if (step.count < 0 && count < 0) return false;
    ion.set(step.element, count);
  }
  return !ion.empty();
}

}  // namespace ionloom::chem
