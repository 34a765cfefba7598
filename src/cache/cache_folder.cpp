#include "cache/cache_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "files/output_file.h"

namespace ionloom::cache {
namespace fs = std::filesystem;
namespace {

constexpr auto kAbandonedAfter = std::chrono::hours(1);

struct CachedFile {
  fs::path path;
  std::uint64_t size_bytes = 0;
  fs::file_time_type used = {};
  bool half_written = false;
};

/// Entries and half-written entries; what vanishes meanwhile is left out.
std::vector<CachedFile> files_in(const fs::path& folder, const CacheKind& kind) {
  std::vector<CachedFile> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    // As files::OutputFile names what it has not finished: ".NAME.partial-PID".
    const bool half_written = name.starts_with('.') && name.find(std::string(kind.suffix) +
                                                                 ".partial-") != std::string::npos;
    if (!half_written && (name.starts_with('.') || !name.ends_with(kind.suffix))) continue;
    std::error_code gone;
    CachedFile file{.path = at->path(), .half_written = half_written};
    file.size_bytes = at->file_size(gone);
    if (gone) continue;
    file.used = at->last_write_time(gone);
    if (!gone) found.push_back(std::move(file));
  }
  return found;
}

}  // namespace

std::optional<fs::path> default_cache_folder(const CacheKind& kind) {
  for (const auto& [variable, below] :
       {std::pair{"XDG_CACHE_HOME", ""}, std::pair{"HOME", ".cache"}}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || !fs::path(value).is_absolute()) continue;
    return fs::path(value) / below / "ionloom" / kind.folder;
  }
  return std::nullopt;
}

CacheContent content_of(const fs::path& folder, const CacheKind& kind) {
  CacheContent content;
  for (const CachedFile& file : files_in(folder, kind)) {
    if (file.half_written) continue;
    ++content.entries;
    content.size_bytes += file.size_bytes;
  }
  return content;
}

Result<CacheContent> clear(const fs::path& folder, const CacheKind& kind) {
  CacheContent removed;
  for (const CachedFile& file : files_in(folder, kind)) {
    std::error_code error;
    fs::remove(file.path, error);
    if (error) return std::unexpected(files::file_error(file.path, "be removed", error.value()));
    if (file.half_written) continue;
    ++removed.entries;
    removed.size_bytes += file.size_bytes;
  }
  return removed;
}

void make_room(const fs::path& folder, const CacheKind& kind, std::uint64_t limit_bytes) {
  std::vector<CachedFile> files = files_in(folder, kind);
  const auto abandoned = fs::file_time_type::clock::now() - kAbandonedAfter;
  std::ranges::sort(files, std::ranges::greater{}, &CachedFile::used);
  std::uint64_t kept_bytes = 0;
  for (const CachedFile& file : files) {
    std::error_code error;
    if (file.half_written) {
      if (file.used < abandoned) fs::remove(file.path, error);
      continue;
    }
    kept_bytes += file.size_bytes;
    if (kept_bytes <= limit_bytes) continue;
    fs::remove(file.path, error);
    kept_bytes -= file.size_bytes;
  }
}

Result<bool> make_place(const fs::path& folder, const CacheKind& kind, std::uint64_t limit_bytes,
                        std::uint64_t entry_bytes) {
  if (entry_bytes > limit_bytes) return false;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected(files::file_error(folder, "be created", error.value()));
  make_room(folder, kind, limit_bytes - entry_bytes);
  return true;
}

void mark_used(const fs::path& entry) {
  std::error_code refused;
  fs::last_write_time(entry, fs::file_time_type::clock::now(), refused);
}

}  // namespace ionloom::cache
