#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "oracle/support/npy.h"

namespace ionloom::oracle {

/// Reads all arrays of a .npz file: a zip archive of .npy files, stored or deflated, as numpy's
/// savez and savez_compressed write it (no archive over 4 GiB).
/// @return the arrays by name, without ".npy"
/// @throws std::runtime_error when the file cannot be read or is damaged; checksums are compared
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 and 4.3.16 (directory).
[[nodiscard]] std::map<std::string, NpyArray> read_npz(const std::filesystem::path& path);

}  // namespace ionloom::oracle
