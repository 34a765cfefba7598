#include "wasi/path.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "wasi/folder_marker.h"

namespace ionloom::wasi {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 32 || byte == 127;
}

/// Bytes of the UTF-8 character that begins with this byte; 0 when none does.
std::size_t utf8_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

/// No overlong forms, no surrogates, nothing beyond U+10FFFF: what is compared is what is meant.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char first = byte(0);
    const std::size_t length = utf8_length(first);
    if (length == 0 || length > text.size() - at) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return false;
    }
    if (length > 2) {
      const unsigned char second = byte(1);
      const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
      if (bad) return false;
    }
    at += length;
  }
  return true;
}

}  // namespace

Answer<void> check_path(std::string_view path) {
  if (path.empty()) return refuse(Errno::kNoent);
  if (path.size() > kMaxPathBytes) return refuse(Errno::kNametoolong);
  if (path.find('\0') != std::string_view::npos) return refuse(Errno::kInval);
  if (!is_utf8(path)) return refuse(Errno::kIlseq);
  if (path.front() == '/') return refuse(Errno::kPerm);
  return {};
}

Answer<PlainPath> plain_path(std::string_view path) {
  if (auto fine = check_path(path); !fine) return refuse(fine.error());
  if (std::ranges::any_of(path, is_control)) return refuse(Errno::kInval);
  PlainPath plain;
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == kMarker) return refuse(Errno::kInval);
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return refuse(Errno::kPerm);
    } else {
      parts.pop_back();
    }
  }
  plain.needs_folder = path.back() == '/' || path == "." || path.ends_with("/.") || path == ".." ||
                       path.ends_with("/..");
  for (const std::string_view part : parts) {
    if (!plain.text.empty()) plain.text += '/';
    plain.text += part;
  }
  return plain;
}

Answer<SplitPath> split_path(std::string_view path) {
  if (auto fine = check_path(path); !fine) return refuse(fine.error());
  const std::size_t last = path.find_last_not_of('/');
  SplitPath split;
  split.needs_folder = last + 1 < path.size();
  const std::string_view bare = path.substr(0, last + 1);
  const std::size_t slash = bare.rfind('/');
  split.folder = slash == std::string_view::npos ? "." : std::string(bare.substr(0, slash));
  split.name = bare.substr(slash + 1);  // npos + 1 is 0
  return split;
}

}  // namespace ionloom::wasi
