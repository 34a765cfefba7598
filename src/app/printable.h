#pragma once

#include <string>
#include <string_view>

namespace ionloom::app {

/// Text from others as a terminal may show it: control characters, which could move its cursor or
/// change what is seen, and backslashes are written \n, \t, \\ or \xNN.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace ionloom::app
