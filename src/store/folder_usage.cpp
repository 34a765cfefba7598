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
  // Waits for one that is counting.
  if (!alone && ::flock(lock.number(), LOCK_SH) != 0) {
    return std::unexpected(file_failure(path, "be locked", errno));
  }
  if (::ftruncate(lock.number(), sizeof(Counts)) != 0) {
    return std::unexpected(file_failure(path, "be written", errno));
  }
  void* address =
      ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, lock.number(), 0);
  if (address == MAP_FAILED) return std::unexpected(file_failure(path, "be mapped", errno));
  FolderUsage usage(std::move(lock), static_cast<Counts*>(address), limit_bytes);
  if (alone) {
    std::atomic_ref(usage.counts_->used_bytes).store(count());
    std::atomic_ref(usage.counts_->spare_bytes).store(0);
    if (::flock(usage.lock_.number(), LOCK_SH) != 0) {
      return std::unexpected(file_failure(path, "be locked", errno));
    }
  }
  return usage;
}

FolderUsage::FolderUsage(FolderUsage&& other) noexcept
    : lock_(std::move(other.lock_)),
      counts_(std::exchange(other.counts_, nullptr)),
      limit_bytes_(other.limit_bytes_) {}

FolderUsage::~FolderUsage() {
  if (counts_ != nullptr) ::munmap(counts_, sizeof(Counts));
}

bool FolderUsage::take(std::uint64_t bytes) {
  const std::atomic_ref counter(counts_->used_bytes);
  std::uint64_t used = counter.load();
  do {
    const std::uint64_t taken = used + spare_bytes();
    if (taken > limit_bytes_ || bytes > limit_bytes_ - taken) return false;
  } while (!counter.compare_exchange_weak(used, used + bytes));
  return true;
}

bool FolderUsage::has_room_for(std::uint64_t bytes) const {
  const std::uint64_t taken = used_bytes() + spare_bytes();
  return taken <= limit_bytes_ && bytes <= limit_bytes_ - taken;
}

void FolderUsage::give_back(std::uint64_t bytes) {
  std::atomic_ref(counts_->used_bytes).fetch_sub(bytes);
}

void FolderUsage::add_spare(std::uint64_t bytes) {
  std::atomic_ref(counts_->spare_bytes).fetch_add(bytes);
}

void FolderUsage::remove_spare(std::uint64_t bytes) {
  std::atomic_ref(counts_->spare_bytes).fetch_sub(bytes);
}

std::uint64_t FolderUsage::spare_bytes() const {
  return std::atomic_ref(counts_->spare_bytes).load();
}

bool FolderUsage::if_alone(const std::function<void()>& act) {
  // The shared lock is let go for it; who comes between has it alone, and counts anew.
  if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) return false;
  act();
  return ::flock(lock_.number(), LOCK_SH) == 0;
}

std::uint64_t FolderUsage::used_bytes() const {
  return std::atomic_ref(counts_->used_bytes).load();
}

}  // namespace ionloom::store
