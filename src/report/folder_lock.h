#pragma once

#include <filesystem>
#include <optional>

namespace ionloom::report {

/// Says that a process is at work in a folder. The lock goes with the object or, however it ends,
/// with the process: a folder that can be locked belongs to nobody who still lives. (flock(2).)
class FolderLock {
 public:
  /// @return nothing when another process (or object) has the lock, when there is no such folder,
  ///         or where the file system knows no locks
  [[nodiscard]] static std::optional<FolderLock> try_take(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ionloom::report
