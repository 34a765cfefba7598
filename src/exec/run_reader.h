#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "imaging/peak_table.h"
#include "stages/peak_run.h"

namespace ionloom::exec {

/// A run of peaks (docs/formats/peak-run.md) that is read piece by piece, wherever its bytes are: a
/// file, a store. Its index stays in memory, one entry for 4096 peaks.
class RunReader {
 public:
  /// Copies bytes of the run that are there. Thread-safe; keeps the run in its place as long as it
  /// lives.
  using ReadBytes =
      std::function<Result<void>(std::uint64_t offset_bytes, std::span<std::byte> into)>;

  /// Reads header and index. Fails when the bytes are no run or not the whole run.
  /// @param place  where the run is, for errors
  [[nodiscard]] static Result<RunReader> open(std::string place, std::uint64_t size_bytes,
                                              ReadBytes read);

  /// Of a run that was just written. REQUIRES: header and index are the run's.
  RunReader(std::string place, stages::RunHeader header, std::vector<stages::RunIndexEntry> index,
            ReadBytes read);

  /// Reads the peaks of the m/z buckets [first_bucket, last_bucket) into the front of `peaks` and
  /// returns their number. Only the blocks that may hold them are read, and each is compared with
  /// its checksum. Thread-safe.
  /// Fails when the run cannot be read or was changed, or when `peaks` has too little room.
  /// @param bytes  scratch, whose storage is reused
  [[nodiscard]] Result<std::size_t> read_buckets(std::uint32_t first_bucket,
                                                 std::uint32_t last_bucket,
                                                 std::span<imaging::Peak> peaks,
                                                 std::vector<std::byte>& bytes) const;

  /// Copies bytes of the run as they are. REQUIRES: offset_bytes + into.size() <= size_bytes().
  /// Thread-safe. Fails when they cannot be read.
  [[nodiscard]] Result<void> read_bytes(std::uint64_t offset_bytes,
                                        std::span<std::byte> into) const {
    return read_(offset_bytes, into);
  }

  [[nodiscard]] std::uint64_t size_bytes() const { return run_bytes(header_.peaks); }
  [[nodiscard]] const stages::RunHeader& header() const { return header_; }
  [[nodiscard]] std::span<const stages::RunIndexEntry> index() const { return index_; }

  /// Bytes that a run of so many peaks takes.
  [[nodiscard]] static std::uint64_t run_bytes(std::uint64_t peaks);
  /// Scratch that read_buckets() needs at most.
  [[nodiscard]] static std::uint64_t read_memory_bound_bytes();

 private:
  [[nodiscard]] Result<void> read_blocks(std::size_t first, std::size_t last,
                                         std::vector<std::byte>& bytes) const;

  std::string place_;
  stages::RunHeader header_;
  std::vector<stages::RunIndexEntry> index_;
  ReadBytes read_;
};

}  // namespace ionloom::exec
