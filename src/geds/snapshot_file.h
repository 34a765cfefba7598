#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "geds/metadata_state.h"

namespace ionloom::geds {

/// The files "metadata-NUMBER<suffix>" of a folder, by number.
[[nodiscard]] Result<std::vector<std::pair<std::uint64_t, std::filesystem::path>>> numbered_files(
    const std::filesystem::path& folder, std::string_view suffix);

/// Writes the whole state as FOLDER/metadata-SEQUENCE.snapshot, durably, and then removes older
/// snapshots.
[[nodiscard]] Result<void> write_snapshot(const std::filesystem::path& folder,
                                          std::uint64_t sequence, const MetadataState& state);

/// Which snapshot was loaded. The two differ when a crash cut the newest short: then the log still
/// holds everything since the one before it, and must reach `newest`.
struct LoadedSnapshot {
  std::uint64_t sequence = 0;  ///< number of the last change in it; 0 when none was loaded
  std::uint64_t newest = 0;    ///< number in the name of the newest snapshot, whole or not
};

/// Loads the newest whole snapshot into `state`, which is empty.
[[nodiscard]] Result<LoadedSnapshot> load_newest_snapshot(const std::filesystem::path& folder,
                                                          MetadataState& state);

}  // namespace ionloom::geds
