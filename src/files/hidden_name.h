#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ionloom::files {

/// Name of what a process makes beside `path` and gives a real name, or removes, later:
/// ".NAME.PURPOSE-PID". A NAME near the length that file systems allow (255 bytes) is shortened, so
/// that whatever may be called NAME may have such a sibling.
[[nodiscard]] std::filesystem::path hidden_sibling(const std::filesystem::path& path,
                                                   std::string_view purpose);

/// The same for all processes: ".NAME.PURPOSE-".
[[nodiscard]] std::string hidden_prefix(const std::filesystem::path& path,
                                        std::string_view purpose);

}  // namespace ionloom::files
