#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::simulate {

/// The distinct formulas of a molecule list, in order of first appearance: a text table with a
/// header that has a column "formula", tab-separated or (no tab in the header) comma-separated with
/// optional double quotes. Fails, naming the line, when the file cannot be read, has no such
/// column, or a row has no formula. Whether a formula can be an ion is the pattern function's
/// business.
[[nodiscard]] Result<std::vector<std::string>> read_formulas(const std::filesystem::path& path);

}  // namespace ionloom::simulate
