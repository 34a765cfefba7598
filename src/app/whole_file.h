#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace ionloom::app {

/// The bytes of a file. Fails (kData) when it is a folder or cannot be read.
/// @param expected  what the file should be, for messages: "a molecule list"
[[nodiscard]] Result<std::string> read_whole_file(const std::filesystem::path& path,
                                                  std::string_view expected);

}  // namespace ionloom::app
