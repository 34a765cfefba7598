#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace ionloom::wasm {

/// SHA-256 of a module's bytes, as lower-case hex.
[[nodiscard]] std::string module_sha256(std::span<const std::byte> module);

/// Fails (kData), naming both hashes, when a module is not the one that was asked for.
/// @param name      the module's
/// @param expected  as module_sha256() gives it, in either case
[[nodiscard]] Result<void> check_module_sha256(std::span<const std::byte> module,
                                               const std::string& name,
                                               const std::string& expected);

}  // namespace ionloom::wasm
