#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ionloom::store {

/// Where the file of a key is, relative to the folder of its bucket, so that every key has one, "a"
/// can be beside "a/b", and a file can be told from a folder by its name:
/// - each part of the key but the last is a folder with '+' behind its name;
/// - '%', '+', '~', and a '.' that begins a name are written as %25, %2B, %7E, %2E;
/// - parts over 66 bytes are cut: all pieces but the last are folders with '~' behind.
[[nodiscard]] std::filesystem::path path_of_key(std::string_view key);

/// What a file or folder of this name adds to the key of the folder it is in; nothing when it is
/// not of a name that path_of_key() gives.
[[nodiscard]] std::optional<std::string> key_part_of(std::string_view name, bool is_folder);

}  // namespace ionloom::store
