#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/error.h"
#include "imaging/peak_table.h"
#include "stages/peak_run.h"

namespace ionloom::exec {

/// A run of peaks on disk (docs/formats/peak-run.md), open for reading. The file loses its name as
/// soon as it is open, so that its space is free again however the process ends. Its index stays in
/// memory, one entry for 4096 peaks.
class RunFile {
 public:
  /// Writes a run. Fails with kResource when the disk is full, leaving no file.
  /// @param peaks  in order of (m/z, spectrum, position)
  [[nodiscard]] static Result<RunFile> write(const std::filesystem::path& path,
                                             std::span<const imaging::Peak> peaks,
                                             std::uint64_t first_spectrum,
                                             std::uint64_t last_spectrum);

  /// Opens a run that somebody else wrote, and takes its name from it. Fails when the file is no
  /// run or not the whole run.
  [[nodiscard]] static Result<RunFile> adopt(const std::filesystem::path& path);

  RunFile(RunFile&& other) noexcept;
  RunFile& operator=(RunFile&&) = delete;
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;
  ~RunFile();

  /// Reads the peaks of the m/z buckets [first_bucket, last_bucket) into the front of `peaks` and
  /// returns their number. Only the blocks that may hold them are read, and each is compared with
  /// its checksum. Thread-safe.
  /// Fails when the file cannot be read or was changed, or when `peaks` has too little room.
  /// @param bytes  scratch, whose storage is reused
  [[nodiscard]] Result<std::size_t> read_buckets(std::uint32_t first_bucket,
                                                 std::uint32_t last_bucket,
                                                 std::span<imaging::Peak> peaks,
                                                 std::vector<std::byte>& bytes) const;

  /// Copies bytes of the file as they are. REQUIRES: offset_bytes + into.size() <= size_bytes().
  /// Thread-safe. Fails when the file cannot be read or was cut.
  [[nodiscard]] Result<void> read_bytes(std::uint64_t offset_bytes,
                                        std::span<std::byte> into) const;

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] const stages::RunHeader& header() const { return header_; }
  [[nodiscard]] std::span<const stages::RunIndexEntry> index() const { return index_; }

  /// Bytes that a run of so many peaks takes on disk.
  [[nodiscard]] static std::uint64_t file_bytes(std::uint64_t peaks);
  /// Scratch that read_buckets() needs at most.
  [[nodiscard]] static std::uint64_t read_memory_bound_bytes();

 private:
  RunFile() = default;
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> read_blocks(std::size_t first, std::size_t last,
                                         std::vector<std::byte>& bytes) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_bytes_ = 0;
  stages::RunHeader header_;
  std::vector<stages::RunIndexEntry> index_;
};

}  // namespace ionloom::exec
