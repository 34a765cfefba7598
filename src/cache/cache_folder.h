#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace ionloom::cache {

/// What is kept from run to run, each kind in a folder of its own.
struct CacheKind {
  std::string_view folder;  ///< its name in the cache's folder
  std::string_view suffix;  ///< how the names of entries end; other files there are left alone
};
inline constexpr CacheKind kPatterns{"patterns", ".patterns"};
inline constexpr CacheKind kModules{"modules", ".cwasm"};

/// $XDG_CACHE_HOME/ionloom/KIND, or ~/.cache/ionloom/KIND; absent when neither XDG_CACHE_HOME nor
/// HOME is an absolute path.
[[nodiscard]] std::optional<std::filesystem::path> default_cache_folder(const CacheKind& kind);

struct CacheContent {
  std::uint64_t entries = 0;
  std::uint64_t size_bytes = 0;
};

/// What the folder holds; nothing when it does not exist.
[[nodiscard]] CacheContent content_of(const std::filesystem::path& folder, const CacheKind& kind);

/// Removes all entries, and what stopped runs left half-written. @return what was removed
[[nodiscard]] Result<CacheContent> clear(const std::filesystem::path& folder,
                                         const CacheKind& kind);

/// Removes the entries that were not used for longest, until `limit_bytes` are left at most, and
/// half-written files of an hour ago. Another process may do the same at the same time; what cannot
/// be removed is left.
void make_room(const std::filesystem::path& folder, const CacheKind& kind,
               std::uint64_t limit_bytes);

/// Makes the folder, and room in it for an entry first, so that it exceeds the limit at no time.
/// @return false: the entry is larger than the limit, nothing was done
[[nodiscard]] Result<bool> make_place(const std::filesystem::path& folder, const CacheKind& kind,
                                      std::uint64_t limit_bytes, std::uint64_t entry_bytes);

/// Marks an entry as used now. Where the folder may not be written to, it stays as old as it was.
void mark_used(const std::filesystem::path& entry);

}  // namespace ionloom::cache
