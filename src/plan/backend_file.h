#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "plan/backend.h"

namespace ionloom::plan {

/// Reads a backend's text (docs/formats/backends.md). Every figure must name its basis, source and
/// date. Fails with the figure, what was found and what was expected.
/// @param where  names the text in messages
[[nodiscard]] Result<Backend> parse_backend(std::string_view text, std::string_view where);

/// The same from a file.
[[nodiscard]] Result<Backend> read_backend(const std::filesystem::path& path);

}  // namespace ionloom::plan
