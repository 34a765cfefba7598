#include "store/shared_memory_tier.h"

#include <cerrno>
#include <utility>

#include <linux/magic.h>
#include <sys/vfs.h>

namespace ionloom::store {

Outcome<std::unique_ptr<SharedMemoryTier>> SharedMemoryTier::open(
    const std::filesystem::path& folder, std::uint64_t limit_bytes) {
  auto ready = prepare(folder, limit_bytes);
  if (!ready) return std::unexpected(std::move(ready.error()));
  struct statfs system {};
  if (::statfs(folder.c_str(), &system) != 0) {
    return std::unexpected(file_failure(folder, "be asked for its file system", errno));
  }
  if (system.f_type != TMPFS_MAGIC) {
    return refuse(FailureCode::kBadName, folder.string(),
                  "is not in memory (a tmpfs); choose a folder in /dev/shm");
  }
  return std::make_unique<SharedMemoryTier>(std::move(*ready));
}

Outcome<View> SharedMemoryTier::view(const ObjectName& name, ByteRange range) {
  auto file = find(name);
  if (!file) return std::unexpected(std::move(file.error()));
  const auto part = range.within((*file)->info().size_bytes);
  auto bytes = (*file)->mapped(part);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  return View(std::move(*file), bytes->subspan(part.offset_bytes, part.length_bytes));
}

}  // namespace ionloom::store
