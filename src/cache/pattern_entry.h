#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "cache/pattern_key.h"
#include "stages/patterns.h"

namespace ionloom::cache {

// The file of one pattern table (docs/formats/pattern-cache.md).

/// Size of the file for so many ions.
[[nodiscard]] std::uint64_t entry_size_bytes(std::uint64_t ions, std::uint32_t peaks_per_ion);

/// Writes a table; the file appears whole or not at all.
[[nodiscard]] Result<void> write_entry(const std::filesystem::path& path, const PatternKey& key,
                                       const stages::PatternTable& table);

enum class EntryState : std::uint8_t {
  kRead,
  kAbsent,
  kDamaged,  ///< not the whole file that write_entry() wrote for this key
};

/// Reads the table of `ions` ions into `table`, whose peaks_per_ion is set. Whatever the file
/// holds, the table is only changed as a whole when its checksums are right.
[[nodiscard]] EntryState read_entry(const std::filesystem::path& path, const PatternKey& key,
                                    std::size_t ions, stages::PatternTable& table);

}  // namespace ionloom::cache
