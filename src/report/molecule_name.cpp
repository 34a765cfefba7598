#include "report/molecule_name.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "report/html_entities.h"

namespace ionloom::report {

namespace {

void append_utf8(std::string& text, char32_t character) {
  const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += {static_cast<char>(0xC0 | (character >> 6)), tail(character)};
  } else if (character < 0x10000) {
    text += {static_cast<char>(0xE0 | (character >> 12)), tail(character >> 6), tail(character)};
  } else {
    text += {static_cast<char>(0xF0 | (character >> 18)), tail(character >> 12),
             tail(character >> 6), tail(character)};
  }
}

/// @param entity what stands between '&' and ';'
std::optional<char32_t> entity_character(std::string_view entity) {
  if (!entity.starts_with('#')) {
    const auto found = std::ranges::lower_bound(kHtmlEntities, entity, {}, &HtmlEntity::name);
    if (found == kHtmlEntities.end() || found->name != entity) {
      return std::nullopt;
    }
    return found->character;
  }
  entity.remove_prefix(1);
  const bool hexadecimal = entity.starts_with('x') || entity.starts_with('X');
  entity.remove_prefix(hexadecimal ? 1 : 0);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(entity.data(), entity.data() + entity.size(), code, hexadecimal ? 16 : 10);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (error != std::errc{} || end != entity.data() + entity.size() || code == 0 || surrogate ||
      code > 0x10FFFF) {
    return std::nullopt;
  }
  return static_cast<char32_t>(code);
}

bool is_entity_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// Bytes of the white space (as JavaScript's trim() knows it) that `text` begins with, or 0.
std::size_t leading_space(std::string_view text) {
  if (!text.empty() && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r'))) {
    return 1;
  }
  if (text.starts_with("\u00A0")) {
    return 2;
  }
  for (const std::string_view space :
       {"\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
        "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF"}) {
    if (text.starts_with(space)) {
      return space.size();
    }
  }
  return 0;
}

std::string_view trim(std::string_view text) {
  while (const std::size_t space = leading_space(text)) {
    text.remove_prefix(space);
  }
  for (bool trimmed = true; trimmed;) {
    trimmed = false;
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
      if (leading_space(text.substr(text.size() - size)) == size) {
        text.remove_suffix(size);
        trimmed = true;
        break;
      }
    }
  }
  return text;
}

}  // namespace

std::string decode_html_entities(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  while (!text.empty()) {
    const std::size_t ampersand = std::min(text.find('&'), text.size());
    decoded += text.substr(0, ampersand);
    text.remove_prefix(ampersand);
    if (text.empty()) {
      break;
    }
    std::size_t end = text.starts_with("&#") ? 2 : 1;
    while (end < text.size() && is_entity_letter(text[end])) {
      ++end;
    }
    if (const auto character = entity_character(text.substr(1, end - 1))) {
      append_utf8(decoded, *character);
      end += end < text.size() && text[end] == ';' ? 1 : 0;
    } else {
      decoded += text.substr(0, end);
    }
    text.remove_prefix(end);
  }
  return decoded;
}

std::string clean_molecule_name(std::string_view name) {
  const std::string decoded = decode_html_entities(name);
  std::string_view clean = trim(decoded);
  clean = clean.substr(0, clean.find_last_not_of(",;") + 1);
  return std::string(clean);
}

}  // namespace ionloom::report
