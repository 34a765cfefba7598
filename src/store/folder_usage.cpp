#include "store/folder_usage.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ionloom::store {

Outcome<FolderUsage> FolderUsage::open(const std::filesystem::path& folder,
                                       std::uint64_t limit_bytes,
                                       const std::function<std::uint64_t()>& count) {
  const auto path = folder / ".usage";
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (lock.number() < 0) return std::unexpected(file_failure(path, "be opened", errno));
  const bool alone = ::flock(lock.number(), LOCK_EX | LOCK_NB) == 0;
  if (alone && ::ftruncate(lock.number(), sizeof(std::uint64_t)) != 0) {
    return std::unexpected(file_failure(path, "be written", errno));
  }
  // Waits for one that is counting.
  if (!alone && ::flock(lock.number(), LOCK_SH) != 0) {
    return std::unexpected(file_failure(path, "be locked", errno));
  }
  void* address =
      ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, lock.number(), 0);
  if (address == MAP_FAILED) return std::unexpected(file_failure(path, "be mapped", errno));
  FolderUsage usage(std::move(lock), static_cast<std::uint64_t*>(address), limit_bytes);
  if (alone) {
    std::atomic_ref(*usage.used_).store(count());
    if (::flock(usage.lock_.number(), LOCK_SH) != 0) {
      return std::unexpected(file_failure(path, "be locked", errno));
    }
  }
  return usage;
}

FolderUsage::FolderUsage(FolderUsage&& other) noexcept
    : lock_(std::move(other.lock_)),
      used_(std::exchange(other.used_, nullptr)),
      limit_bytes_(other.limit_bytes_) {}

FolderUsage::~FolderUsage() {
  if (used_ != nullptr) ::munmap(used_, sizeof(std::uint64_t));
}

bool FolderUsage::take(std::uint64_t bytes) {
  const std::atomic_ref counter(*used_);
  std::uint64_t used = counter.load();
  do {
    if (used > limit_bytes_ || bytes > limit_bytes_ - used) return false;
  } while (!counter.compare_exchange_weak(used, used + bytes));
  return true;
}

void FolderUsage::give_back(std::uint64_t bytes) {
  std::atomic_ref(*used_).fetch_sub(bytes);
}

std::uint64_t FolderUsage::used_bytes() const {
  return std::atomic_ref(*used_).load();
}

}  // namespace ionloom::store
