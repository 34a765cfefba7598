#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "geds/change.h"
#include "geds/metadata_state.h"

namespace ionloom::geds {

/// The history of a metadata server on disk: `metadata.log` with the changes since the newest
/// `metadata-SEQUENCE.snapshot`; while the next one is made, also `metadata-SEQUENCE.log` with
/// those that it takes in. What wait_durable() has returned for survives kill -9 and a loss of
/// power. Layout: docs/formats/geds.md. Thread-safe.
class MetadataLog {
 public:
  /// Opens the folder (making it if needed), locks it against a second server, and brings `state`,
  /// which is empty, to where the history ends. A torn end of the log is cut off. kData when
  /// something before that is damaged or missing, naming the file and the byte.
  /// @param snapshot_after_bytes a log longer than this asks for a snapshot
  [[nodiscard]] static Result<std::unique_ptr<MetadataLog>> open(
      const std::filesystem::path& folder, MetadataState& state,
      std::uint64_t snapshot_after_bytes = std::uint64_t{64} << 20);

  MetadataLog(const MetadataLog&) = delete;
  MetadataLog& operator=(const MetadataLog&) = delete;
  ~MetadataLog();

  /// Notes a change, not yet durable. Calls must come in the order of the changes: the caller holds
  /// the lock under which it made the change.
  /// @return its number in the history
  [[nodiscard]] std::uint64_t append(const Change& change);

  /// Returns when all changes up to `sequence` are on disk; many waiters share one write. After a
  /// failed write every later call fails with the same error.
  [[nodiscard]] Result<void> wait_durable(std::uint64_t sequence);

  /// The log has grown beyond its bound.
  [[nodiscard]] bool wants_snapshot() const;

  /// Makes a new snapshot of all changes so far, from the files alone: changes go on meanwhile, in
  /// a new log. One thread at a time. After a failure the history is whole as it was, in more
  /// files.
  /// @return the number of the last change in it
  [[nodiscard]] Result<std::uint64_t> snapshot();

 private:
  MetadataLog(std::filesystem::path folder, std::uint64_t snapshot_after_bytes);

  Result<void> replay(MetadataState& state);
  Result<void> open_log(std::size_t valid_bytes);
  Result<void> write_out(std::unique_lock<std::mutex>& lock);
  void gather(std::unique_lock<std::mutex>& lock);
  Result<std::uint64_t> begin_new_log();
  Result<void> fail_from_here(Error error);

  std::filesystem::path folder_;
  std::uint64_t snapshot_after_bytes_;
  int lock_file_ = -1;
  int log_file_ = -1;

  mutable std::mutex mutex_;
  std::condition_variable written_;
  std::condition_variable noted_;                     ///< for the writer that gathers changes
  std::string waiting_;                               ///< records that no write has taken yet
  std::uint64_t last_ = 0;                            ///< number of the last change
  std::uint64_t durable_ = 0;                         ///< number of the last change on disk
  std::uint64_t log_bytes_ = 0;                       ///< length of metadata.log
  bool writing_ = false;                              ///< one waiter writes for all
  std::uint64_t expected_ = 0;                        ///< changes that the next write may wait for
  std::chrono::steady_clock::duration write_time_{};  ///< of the last write
  std::optional<Error> failed_;                       ///< the history has a hole from here on
};

}  // namespace ionloom::geds
