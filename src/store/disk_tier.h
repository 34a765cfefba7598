#pragma once

#include "store/folder_tier.h"

namespace ionloom::store {

/// Objects as files of a local disk. Every read verifies the blocks that it touches; what it gives
/// out is a copy in memory, so that neither a faulty disk nor another program can change it.
/// Objects outlive the processes; after a loss of power those of the last seconds may be missing or
/// found corrupt, because nothing waits for the disk.
class DiskTier final : public FolderTier {
 public:
  [[nodiscard]] static Outcome<std::unique_ptr<DiskTier>> open(const std::filesystem::path& folder,
                                                               std::uint64_t limit_bytes);

  explicit DiskTier(Folder folder) : FolderTier(std::move(folder)) {}

  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override;
};

}  // namespace ionloom::store
