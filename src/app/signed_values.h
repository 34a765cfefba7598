#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// Joins options whose values may begin with a minus (--adducts -H,+Cl) and their values by "=", so
/// that the parser takes neither for another option. Fails (kUsage) when such a value is empty, and
/// when an option of `app` that needs a value is followed by another option, which the parser would
/// take for the value, or by nothing.
[[nodiscard]] Result<std::vector<std::string>> with_joined_values(
    const CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace ionloom::app
