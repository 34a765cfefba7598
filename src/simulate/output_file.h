#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace ionloom::simulate {

/// A file that appears under its name only when complete: it is written as NAME.partial beside it,
/// which disappears again unless publish() renames it.
class OutputFile {
 public:
  /// Fails when the folder does not exist or cannot be written to.
  [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Appends; a full disk is ErrorCode::kResource.
  [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
  [[nodiscard]] Result<void> write(std::string_view text);
  /// Replaces bytes written before.
  [[nodiscard]] Result<void> overwrite(std::uint64_t offset_bytes, std::string_view text);
  /// Writes what is buffered and closes; nothing but publish() may follow.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  friend Result<void> publish(std::span<OutputFile* const> files);

  OutputFile(std::filesystem::path path, std::filesystem::path partial, int descriptor);
  [[nodiscard]] Result<void> flush();
  [[nodiscard]] Result<void> write_out(std::span<const std::byte> bytes);
  void discard() noexcept;

  std::filesystem::path path_;
  std::filesystem::path partial_;
  int descriptor_ = -1;
  std::vector<std::byte> buffer_;
  std::uint64_t size_bytes_ = 0;
};

/// Gives closed files their names, in the order given; if one cannot be renamed, those already
/// renamed are removed again.
[[nodiscard]] Result<void> publish(std::span<OutputFile* const> files);

}  // namespace ionloom::simulate
