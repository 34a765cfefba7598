#include "app/printable.h"

#include <cstddef>

#include <fmt/format.h>

namespace ionloom::app {
namespace {

/// Whether U+0080 to U+009F begin here: control characters too, two bytes each in UTF-8.
bool second_control_set(std::string_view text) {
  if (text.size() < 2) return false;
  const auto second = static_cast<unsigned char>(text[1]);
  return static_cast<unsigned char>(text[0]) == 0xc2 && second >= 0x80 && second <= 0x9f;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '\n') {
      shown += "\\n";
    } else if (byte == '\t') {
      shown += "\\t";
    } else if (byte == '\\') {
      shown += "\\\\";
    } else if (byte < 0x20 || byte == 0x7f) {
      shown += fmt::format("\\x{:02x}", byte);
    } else if (second_control_set(text.substr(at))) {
      shown += fmt::format("\\x{:02x}\\x{:02x}", byte, static_cast<unsigned char>(text[++at]));
    } else {
      shown += text[at];
    }
  }
  return shown;
}

}  // namespace ionloom::app
