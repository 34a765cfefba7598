#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/stage_store.h"
#include "stages/peak_run.h"

namespace ionloom::exec {

// A run of peaks with its blocks packed, as an object beside the run: for those who read it over a
// slow link. Unpacked it has the run's bytes. The layout is described in
// docs/formats/packed-block.md.

/// Key of the packed object of a run.
[[nodiscard]] std::string packed_key(const std::string& run);

/// Packs a run that is in the store; one that is packed already is left alone. Block by block:
/// memory is that of a few blocks and of the index. Fails as the store, and for what is no run.
[[nodiscard]] Result<void> put_packed_run(StageStore& store, const std::string& run);

/// A packed run, read as if it were the run. Thread-safe.
class PackedRun {
 public:
  /// Nothing when the run was not packed. Fails as the store, and for an object that is no packed
  /// run.
  /// @param store  must outlive this
  [[nodiscard]] static Result<std::unique_ptr<PackedRun>> open(StageStore& store,
                                                               const std::string& run);

  /// Bytes of the run, not packed.
  [[nodiscard]] std::uint64_t size_bytes() const;

  /// Copies bytes of the run. Of the store are read the blocks that `range` touches, and nothing
  /// else. REQUIRES: the bytes are within the range, and that within the run.
  [[nodiscard]] Result<void> read(store::ByteRange range, std::uint64_t offset_bytes,
                                  std::span<std::byte> into);

 private:
  PackedRun(StageStore& store, std::string key) : store_(store), key_(std::move(key)) {}

  /// Unpacks a block into block_, unless it is there.
  Result<void> unpack(std::uint64_t block, store::ByteRange range);
  [[nodiscard]] std::unexpected<Error> damaged(const std::string& what) const;
  [[nodiscard]] std::size_t blocks() const { return ends_.size(); }

  StageStore& store_;
  std::string key_;
  stages::RunHeader header_;
  std::vector<std::byte> head_;      ///< the run's header, as it is in the run
  std::vector<std::byte> index_;     ///< the run's index
  std::vector<std::uint64_t> ends_;  ///< where each packed block ends; the first begins at 0
  std::mutex mutex_;
  std::optional<std::uint64_t> there_;  ///< which block block_ holds
  std::vector<std::byte> block_;        ///< as it is in the run
  std::vector<std::byte> packed_;       // working storage
};

}  // namespace ionloom::exec
