#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ionloom::app {

/// The parts with the separator between them. (fmt::join makes g++ 12 warn of an overflow that is
/// not there.)
[[nodiscard]] inline std::string joined(const std::vector<std::string>& parts,
                                        std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

}  // namespace ionloom::app
