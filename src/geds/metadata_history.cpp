#include "geds/metadata_history.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "files/output_file.h"
#include "geds/change.h"
#include "geds/frame_file.h"
#include "geds/snapshot_file.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".log";

/// Where a replay stands.
struct Replay {
  LoadedSnapshot start;
  std::uint64_t last = 0;

  /// Applies the changes of a log that are not in the snapshot.
  /// @return bytes of the log's whole frames
  Result<std::size_t> add(const fs::path& path, MetadataState& state) {
    const auto bytes = read_if_present(path);
    if (!bytes) return std::unexpected(bytes.error());
    const auto frames = read_frames(*bytes, path);
    if (!frames) return std::unexpected(frames.error());
    for (const std::string_view record : frames->records) {
      const auto change = decode_change(record);
      if (!change) return data_error(path.string(), change.error().what);
      if (change->sequence <= start.sequence) continue;  // a crash came before the log was removed
      if (change->sequence != last + 1) {
        return data_error(
            path.string(),
            fmt::format("change {} follows change {}; those between are missing, so the state "
                        "cannot be rebuilt. A snapshot may have been removed",
                        change->sequence, last));
      }
      apply(change->change, state);
      last = change->sequence;
    }
    return frames->valid_bytes;
  }

  /// A snapshot that is damaged does not matter when the logs reach as far.
  [[nodiscard]] Result<void> check_end(const fs::path& folder) const {
    if (last >= start.newest) return {};
    return data_error(folder.string(),
                      fmt::format("metadata-{}.snapshot is damaged, and what else is here ends "
                                  "with change {}. Restore the snapshot from a copy, or remove it "
                                  "to go on with less",
                                  start.newest, last));
  }
};

/// The closed logs, the oldest first.
Result<std::vector<std::pair<std::uint64_t, fs::path>>> closed_logs(const fs::path& folder) {
  return numbered_files(folder, kSuffix);
}

Result<Replay> replay_closed(const fs::path& folder, MetadataState& state) {
  const auto start = load_newest_snapshot(folder, state);
  if (!start) return std::unexpected(start.error());
  const auto logs = closed_logs(folder);
  if (!logs) return std::unexpected(logs.error());
  Replay replay{*start, start->sequence};
  for (const auto& [number, path] : *logs) {
    if (auto added = replay.add(path, state); !added) return std::unexpected(added.error());
  }
  return replay;
}

}  // namespace

fs::path closed_log_path(const fs::path& folder, std::uint64_t last) {
  return folder / fmt::format("metadata-{}{}", last, kSuffix);
}

Result<History> read_history(const fs::path& folder, MetadataState& state) {
  auto replay = replay_closed(folder, state);
  if (!replay) return std::unexpected(replay.error());
  const auto log_bytes = replay->add(folder / kLogName, state);
  if (!log_bytes) return std::unexpected(log_bytes.error());
  if (auto whole = replay->check_end(folder); !whole) return std::unexpected(whole.error());
  return History{replay->last, *log_bytes};
}

Result<void> read_closed_history(const fs::path& folder, std::uint64_t last, MetadataState& state) {
  const auto replay = replay_closed(folder, state);
  if (!replay) return std::unexpected(replay.error());
  if (auto whole = replay->check_end(folder); !whole) return whole;
  if (replay->last == last) return {};
  return data_error(folder.string(), fmt::format("the logs end with change {} where {} is the last",
                                                 replay->last, last));
}

Result<void> remove_closed_logs(const fs::path& folder, std::uint64_t last) {
  const auto logs = closed_logs(folder);
  if (!logs) return std::unexpected(logs.error());
  for (const auto& [number, path] : *logs) {
    std::error_code stays;  // harmless: what a snapshot has is passed over
    if (number <= last) fs::remove(path, stays);
  }
  return {};
}

}  // namespace ionloom::geds
