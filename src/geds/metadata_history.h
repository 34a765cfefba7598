#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "geds/metadata_state.h"

/// The files of a MetadataLog as a history: a snapshot, and the logs behind it.
namespace ionloom::geds {

inline constexpr std::string_view kLogName = "metadata.log";

/// The name of a log that ends with this change, once a new one has begun.
[[nodiscard]] std::filesystem::path closed_log_path(const std::filesystem::path& folder,
                                                    std::uint64_t last);

struct History {
  std::uint64_t last = 0;     ///< number of the last change
  std::size_t log_bytes = 0;  ///< of metadata.log, up to the end of its last whole frame
};

/// Brings `state`, which is empty, to where the history ends. kData when something before that is
/// damaged or missing, naming the file and the byte.
[[nodiscard]] Result<History> read_history(const std::filesystem::path& folder,
                                           MetadataState& state);

/// The same without metadata.log; the closed logs end with change `last`.
[[nodiscard]] Result<void> read_closed_history(const std::filesystem::path& folder,
                                               std::uint64_t last, MetadataState& state);

/// Removes the closed logs up to this change, which a snapshot has taken in.
[[nodiscard]] Result<void> remove_closed_logs(const std::filesystem::path& folder,
                                              std::uint64_t last);

}  // namespace ionloom::geds
