#include "store/key_path.h"

#include <algorithm>

namespace ionloom::store {
namespace {

/// Longest piece of a part in one name: encoded it has three times as many bytes, and 255 are the
/// most that file systems take.
constexpr std::size_t kMaxPieceBytes = 66;

std::string encoded(std::string_view part) {
  std::string name;
  for (const char c : part) {
    switch (c) {
      case '%':
        name += "%25";
        break;
      case '+':
        name += "%2B";
        break;
      case '~':
        name += "%7E";
        break;
      case '.':
        name += name.empty() ? "%2E" : ".";
        break;
      default:
        name += c;
    }
  }
  return name;
}

std::optional<char> decoded(std::string_view code) {
  if (code == "%25") return '%';
  if (code == "%2B") return '+';
  if (code == "%7E") return '~';
  if (code == "%2E") return '.';
  return std::nullopt;
}

}  // namespace

std::filesystem::path path_of_key(std::string_view key) {
  std::filesystem::path path;
  for (;;) {
    const std::size_t slash = key.find('/');
    std::string_view part = key.substr(0, slash);
    for (; part.size() > kMaxPieceBytes; part.remove_prefix(kMaxPieceBytes)) {
      path /= encoded(part.substr(0, kMaxPieceBytes)) + "~";
    }
    path /= encoded(part) + (slash == std::string_view::npos ? "" : "+");
    if (slash == std::string_view::npos) return path;
    key.remove_prefix(slash + 1);
  }
}

std::optional<std::string> key_part_of(std::string_view name, bool is_folder) {
  if (name.empty() || name.front() == '.') return std::nullopt;
  const bool continued = name.back() == '~';
  if (is_folder != (continued || name.back() == '+')) return std::nullopt;
  if (is_folder) name.remove_suffix(1);
  std::string part;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      part += name[i];
      continue;
    }
    const auto c = decoded(name.substr(i, 3));
    if (!c) return std::nullopt;
    part += *c;
    i += 2;
  }
  if (is_folder && !continued) part += '/';
  return part;
}

}  // namespace ionloom::store
