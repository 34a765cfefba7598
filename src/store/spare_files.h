#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "store/folder_usage.h"
#include "store/object_file.h"

namespace ionloom::store {

/// Files of deleted objects in a tmpfs that wait for new bytes in the folder ".spare": to overwrite
/// memory takes half as long as to have the kernel find and count it anew. Only files that no
/// process has open or mapped come here, so no view ever changes. All processes that have the store
/// open share them, within its limit; the last one to close it removes them. Thread-safe.
class SpareFiles {
 public:
  /// Smaller ones are not worth it.
  static constexpr std::uint64_t kLeastBytes = std::uint64_t{1} << 20;

  /// @param usage of the folder; must outlive this
  SpareFiles(std::filesystem::path root, FolderUsage& usage)
      : root_(std::move(root)), usage_(usage) {}

  /// Keeps the file of an object that has lost its name, or removes it when it is in use, small, or
  /// there are many. In either case its bytes count as used no more.
  /// @param file where it is now, a name in ".partial" that nobody else knows
  void keep(const std::filesystem::path& file, std::uint64_t bytes);

  /// Gives a spare file, cut to `bytes` and of any content, the name `partial`, over an empty file
  /// there. Its bytes do not count as spare any more; as used they have been taken before.
  /// @return none when there is none of about this size
  [[nodiscard]] Descriptor take(std::uint64_t bytes, const std::filesystem::path& partial);

  /// Removes spare files until so many bytes may be used, or there are none.
  void make_room(std::uint64_t bytes);

  /// Removes all.
  void clear();

 private:
  [[nodiscard]] bool keep_unused(const std::filesystem::path& file, std::uint64_t bytes);
  void look();

  std::filesystem::path root_;
  FolderUsage& usage_;
  std::mutex mutex_;
  /// What was in ".spare" when its bytes were `seen_bytes_`; others may have taken some since.
  std::multimap<std::uint64_t, std::filesystem::path> known_;
  std::uint64_t seen_bytes_ = 0;
};

}  // namespace ionloom::store
