#pragma once

#include "store/folder_tier.h"

namespace ionloom::store {

/// Objects in memory that all processes of the node share: files of a folder in a tmpfs, such as
/// /dev/shm/NAME, mapped by whoever views them. A view is the same memory for every process,
/// without a copy. It is memory, so it is not verified when read; the checksums go along for other
/// tiers. A view of a deleted object stays valid, and its memory in use, until the last process
/// drops it. Views and the files used last stay mapped (at most OpenFiles::kMaxFiles).
class SharedMemoryTier final : public FolderTier {
 public:
  /// kBadName when the folder is not in a tmpfs, where bytes could be lost to a faulty disk unseen.
  [[nodiscard]] static Outcome<std::unique_ptr<SharedMemoryTier>> open(
      const std::filesystem::path& folder, std::uint64_t limit_bytes);

  explicit SharedMemoryTier(Folder folder) : FolderTier(std::move(folder), true) {}

  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
};

}  // namespace ionloom::store
