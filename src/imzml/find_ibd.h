#pragma once

#include <filesystem>

#include "base/error.h"

namespace ionloom::imzml {

/// The .ibd beside an imzML: the same stem with .ibd in any case; failing that, the stem in any
/// case too, since exports are copied between file systems that do not tell them apart. Fails with
/// a sentence that says which name was looked for and which .ibd files are there.
[[nodiscard]] Result<std::filesystem::path> find_ibd(const std::filesystem::path& imzml_path);

}  // namespace ionloom::imzml
