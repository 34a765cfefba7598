#include "store/spare_files.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ionloom::store {
namespace {

namespace fs = std::filesystem;

/// So much is kept at most, and no more than a quarter of the store's limit.
constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;

/// Whether nobody else has the file open or mapped: such a file alone can be leased for writing.
/// Who opens it at this moment waits, and has the kernel tell the holder of the lease by a signal.
bool unused_by_others(const Descriptor& file) {
  if (::fcntl(file.number(), F_SETSIG, SIGURG) != 0) return false;  // does nothing by default
  if (::fcntl(file.number(), F_SETLEASE, F_WRLCK) != 0) return false;
  return ::fcntl(file.number(), F_SETLEASE, F_UNLCK) == 0;
}

/// SIZE in ".spare/SIZE-RANDOM"; 0 for another name.
std::uint64_t bytes_in_name(const fs::path& path) {
  const std::string name = path.filename().string();
  std::uint64_t bytes = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), bytes);
  return failed == std::errc{} && *end == '-' ? bytes : 0;
}

}  // namespace

bool SpareFiles::keep_unused(const fs::path& file, std::uint64_t bytes) {
  const std::uint64_t most = std::min(kMostBytes, usage_.limit_bytes() / 4);
  if (bytes < kLeastBytes || usage_.spare_bytes() + bytes > most) return false;
  if (::chmod(file.c_str(), 0600) != 0) return false;
  const Descriptor open(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (open.number() < 0 || !unused_by_others(open)) return false;
  std::random_device random;
  const auto spare = root_ / ".spare" / fmt::format("{}-{:08x}{:08x}", bytes, random(), random());
  // Counted before it can be taken, so that the count never falls below 0.
  usage_.add_spare(bytes);
  if (::rename(file.c_str(), spare.c_str()) == 0) return true;
  usage_.remove_spare(bytes);
  return false;
}

void SpareFiles::keep(const fs::path& file, std::uint64_t bytes) {
  if (!keep_unused(file, bytes)) ::unlink(file.c_str());
  usage_.give_back(bytes);
}

void SpareFiles::look() {
  seen_bytes_ = usage_.spare_bytes();
  known_.clear();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root_ / ".spare", error)) {
    if (const auto bytes = bytes_in_name(entry.path())) known_.emplace(bytes, entry.path());
  }
}

Descriptor SpareFiles::take(std::uint64_t bytes, const fs::path& partial) {
  const std::scoped_lock lock(mutex_);
  for (bool looked = false;;) {
    const auto fits = known_.lower_bound(bytes);
    if (fits == known_.end() || fits->first - bytes > bytes / 8) {
      if (looked || usage_.spare_bytes() < bytes || usage_.spare_bytes() == seen_bytes_) return {};
      looked = true;
      look();
      continue;
    }
    const auto [size_bytes, spare] = *fits;
    known_.erase(fits);
    // Who renames it has it. Opened and locked before, so that nobody who looks for what killed
    // processes left finds it without an owner.
    Descriptor file(::open(spare.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (file.number() < 0 || ::flock(file.number(), LOCK_EX | LOCK_NB) != 0) continue;
    if (::rename(spare.c_str(), partial.c_str()) != 0) continue;
    usage_.remove_spare(size_bytes);
    if (size_bytes > bytes && ::ftruncate(file.number(), static_cast<off_t>(bytes)) != 0) continue;
    return file;
  }
}

void SpareFiles::make_room(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  look();
  for (const auto& [size_bytes, spare] : known_) {
    if (usage_.has_room_for(bytes)) break;
    if (::unlink(spare.c_str()) == 0) usage_.remove_spare(size_bytes);
  }
  known_.clear();
  seen_bytes_ = 0;
}

void SpareFiles::clear() {
  const std::scoped_lock lock(mutex_);
  look();
  for (const auto& [size_bytes, spare] : known_) {
    if (::unlink(spare.c_str()) == 0) usage_.remove_spare(size_bytes);
  }
  known_.clear();
}

}  // namespace ionloom::store
