#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace ionloom::files {

/// A file that appears whole or not at all. It is written under a temporary name in its own folder
/// (".NAME.partial-PID") and takes its real name in commit(). Whatever happens before that, the
/// destructor removes the temporary file, and an older file of that name stays as it was.
class OutputFile {
 public:
  /// Opens the temporary file. Fails with kData when the folder is missing or may not be written
  /// to, with kResource when the disk is full.
  /// @param permissions  of the file, of which the umask takes some away
  [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& path,
                                                 unsigned permissions = 0666);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Appends bytes. A full disk, an exceeded quota or file-size limit is kResource.
  [[nodiscard]] Result<void> write(std::string_view bytes);
  [[nodiscard]] Result<void> write(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);

  /// Replaces bytes that were written before, from `offset_bytes` on.
  [[nodiscard]] Result<void> overwrite(std::uint64_t offset_bytes, std::string_view bytes);

  /// Writes what is buffered and closes. Nothing may be written afterwards.
  [[nodiscard]] Result<void> close();

  /// close(), then the file takes its name.
  [[nodiscard]] Result<void> commit();

  /// Bytes written so far.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend Result<void> publish(std::span<OutputFile* const> files);

  OutputFile(std::filesystem::path path, std::filesystem::path partial, int descriptor);
  Result<void> write_through(std::string_view bytes);
  Result<void> flush();
  Result<void> take_name();
  void discard() noexcept;

  std::filesystem::path path_;
  std::filesystem::path partial_;
  int descriptor_ = -1;  ///< -1 once closed
  std::uint64_t size_bytes_ = 0;
  std::string buffer_;
};

/// Files that belong together take their names, in the order given, after close(). If one cannot,
/// those that have theirs already are removed again.
[[nodiscard]] Result<void> publish(std::span<OutputFile* const> files);

/// Writes a whole file at once; the same promise as OutputFile.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);

/// Writes a file that is not there yet under its name at once, for folders that nobody sees before
/// they are complete: without the copy and the renaming that OutputFile needs. Fails as OutputFile
/// does, and when the file exists; what it has made is removed again.
[[nodiscard]] Result<void> write_hidden_file(const std::filesystem::path& path,
                                             std::string_view bytes);

/// The Error of a system call that failed for `path`: kResource for a full disk, quota or size
/// limit, kData otherwise. `doing` completes "cannot ...", e.g. "be written".
[[nodiscard]] Error file_error(const std::filesystem::path& path, std::string_view doing,
                               int system_error);

}  // namespace ionloom::files
