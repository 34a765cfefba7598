#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/error.h"

namespace ionloom::files {

/// Fills `into` with an open file's bytes from `offset_bytes` on; may be called from several
/// threads at once. Fails when the file cannot be read, and when it ends before: it was cut.
/// @param path  what errors call the file
[[nodiscard]] Result<void> read_at(int descriptor, const std::filesystem::path& path,
                                   std::uint64_t offset_bytes, std::span<std::byte> into);

}  // namespace ionloom::files
