#pragma once

#include <chrono>
#include <functional>

#include "wasi/open_file.h"

namespace ionloom::wasi {

/// A standard stream of this process: read or written as it comes, without a position.
class HostStream final : public OpenFile {
 public:
  /// Whether the program is to stop; asked while a read waits for input.
  using Stopped = std::function<bool()>;

  /// @param descriptor  stays this process's own
  explicit HostStream(int descriptor, Stopped stopped = {})
      : descriptor_(descriptor), stopped_(std::move(stopped)) {}

  /// Whether there is something to read, or the end, within this time.
  [[nodiscard]] bool ready(std::chrono::nanoseconds patience = {}) const;

  Answer<FileStat> stat() override;
  Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into) override;
  Answer<std::size_t> write(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override;
  Answer<std::uint64_t> size_bytes() override { return refuse(Errno::kSpipe); }

 private:
  int descriptor_;
  Stopped stopped_;
};

}  // namespace ionloom::wasi
