#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace ionloom::wasm {

/// Names compiled code: a hash of the module's bytes, and one of all else that it depends on.
struct ModuleKey {
  std::array<std::uint64_t, 2> module = {};
  std::array<std::uint64_t, 2> compiled_for = {};

  friend bool operator==(const ModuleKey&, const ModuleKey&) = default;
};

/// @param compiled_for  of the engine (Engine::compiles_for)
[[nodiscard]] ModuleKey module_key(std::span<const std::byte> module,
                                   std::string_view compiled_for);

/// 64 hexadecimal digits.
[[nodiscard]] std::string key_text(const ModuleKey& key);

/// What an entry has beside the code.
inline constexpr std::size_t kFooterBytes = 56;

enum class EntryState : std::uint8_t { kWhole, kAbsent, kDamaged };

/// Writes compiled code and a footer with its key and checksums, whole or not at all. The code
/// comes first, so that the file can be mapped and used in place (docs/formats/module-cache.md).
[[nodiscard]] Result<void> write_entry(const std::filesystem::path& path, const ModuleKey& key,
                                       std::span<const std::uint8_t> code);

/// Whether a file is an entry of this key with every byte as it was written.
[[nodiscard]] EntryState check_entry(const std::filesystem::path& path, const ModuleKey& key);

}  // namespace ionloom::wasm
