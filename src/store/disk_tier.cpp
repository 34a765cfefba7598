#include "store/disk_tier.h"

#include <utility>

namespace ionloom::store {

Outcome<std::unique_ptr<DiskTier>> DiskTier::open(const std::filesystem::path& folder,
                                                  std::uint64_t limit_bytes) {
  auto ready = prepare(folder, limit_bytes);
  if (!ready) return std::unexpected(std::move(ready.error()));
  return std::make_unique<DiskTier>(std::move(*ready));
}

Outcome<View> DiskTier::view(const ObjectName& name, ByteRange range) {
  const auto file = find(name);
  if (!file) return std::unexpected(file.error());
  return (*file)->read(range.within((*file)->info().size_bytes));
}

}  // namespace ionloom::store
