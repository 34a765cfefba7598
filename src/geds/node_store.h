#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/error.h"
#include "geds/metrics.h"
#include "geds/relocation_tier.h"
#include "store/shared_memory_tier.h"
#include "store/tiered_store.h"

namespace ionloom::geds {

/// Disk that a node may use when its memory is full.
struct DiskSpace {
  std::filesystem::path folder;
  std::uint64_t limit_bytes = 0;
};

/// What a node keeps its objects in: memory, and below it a disk, if there is one. Memory is this
/// process's own, or a tmpfs that others of the machine may map. What an earlier node left on the
/// disk, or killed, in the tmpfs, is there again. When all of it is full, objects leave for S3,
/// those of buckets for which it is registered.
[[nodiscard]] Result<std::shared_ptr<store::TieredStore>> open_node_store(
    std::uint64_t memory_bytes, const std::shared_ptr<store::SharedMemoryTier>& shared,
    const std::optional<DiskSpace>& disk, const std::shared_ptr<RelocationTier>& s3);

/// Shows how full the store is and what moved in it, under IBM's names where it has them ("Local
/// Memory", "Local Storage"), and ours for the rest.
void show_store(const std::shared_ptr<store::TieredStore>& store, Metrics& metrics);

/// IBM's names for what its nodes read from other nodes and from S3. A node of ours reads there for
/// nobody, its callers do that themselves, so these stay 0.
void show_other_places(Metrics& metrics);

}  // namespace ionloom::geds
