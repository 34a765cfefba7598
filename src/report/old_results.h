#pragma once

#include <filesystem>

#include "base/error.h"

namespace ionloom::report {

// What is under the name that new results will take.

/// Refuses (kUsage) what exists and may not be replaced by a rename: a file, the current folder, a
/// folder with content; with `force` only a folder that is not made of ionloom's results alone.
/// @return true when there is a folder of that name
[[nodiscard]] Result<bool> check_old_results(const std::filesystem::path& folder, bool force);

/// Finds out now whether a folder can give up its name: a mount point cannot (kUsage).
[[nodiscard]] Result<void> try_rename(const std::filesystem::path& folder);

}  // namespace ionloom::report
