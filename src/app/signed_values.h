#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::app {

/// Joins options whose values may begin with a minus (--adducts -H,+Cl) and their values by "=", so
/// that the parser takes neither for another option. Fails (kUsage) when such a value is empty:
/// what follows would be taken in its place.
[[nodiscard]] Result<std::vector<std::string>> with_joined_values(
    const std::vector<std::string>& arguments);

}  // namespace ionloom::app
