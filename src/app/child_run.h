#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::app {

/// Runs this very program with other arguments, and waits. What it prints goes to a file.
/// Fails (kInterrupted) when one of the two was interrupted, and (kData) when it cannot be started
/// or ends with another code than 0, with its last line.
/// @param environment  NAME=VALUE, in place of what this process has
[[nodiscard]] Result<void> run_self(const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& environment,
                                    const std::filesystem::path& output);

}  // namespace ionloom::app
