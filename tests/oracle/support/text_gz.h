#pragma once

#include <filesystem>
#include <string>

namespace ionloom::oracle {

/// The whole content of a file, decompressed when it is gzip-compressed.
/// @throws std::runtime_error when it cannot be read or is damaged
[[nodiscard]] std::string read_text_gz(const std::filesystem::path& path);

}  // namespace ionloom::oracle
