#include "store/memory_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace ionloom::store {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

std::size_t rounded_up(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Memory of huge pages where that wastes nothing: a large object costs mostly the first touch of
/// its pages.
std::byte* allocate(std::size_t bytes) {
  const bool huge = bytes >= 2 * kHugePageBytes;
  void* memory = nullptr;
  if (::posix_memalign(&memory, huge ? kHugePageBytes : kAlignment, bytes) != 0) return nullptr;
  if (huge) ::madvise(memory, bytes / kHugePageBytes * kHugePageBytes, MADV_HUGEPAGE);
  return static_cast<std::byte*>(memory);
}

}  // namespace

bool MemoryBudget::take(std::uint64_t bytes) {
  std::uint64_t used = used_bytes_.load();
  do {
    if (used > limit_bytes_ || bytes > limit_bytes_ - used) return false;
  } while (!used_bytes_.compare_exchange_weak(used, used + bytes));
  return true;
}

MemoryBuffer::MemoryBuffer(MemoryBuffer&& other) noexcept
    : budget_(std::move(other.budget_)),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

MemoryBuffer::~MemoryBuffer() {
  std::free(memory_);
  if (budget_ != nullptr) budget_->give_back(capacity_);
}

bool MemoryBuffer::move_to(std::size_t capacity) {
  // Both places exist while bytes are copied, and the old one is given back afterwards.
  if (!budget_->take(capacity)) return false;
  std::byte* memory = allocate(capacity);
  if (memory == nullptr) {
    budget_->give_back(capacity);
    return false;
  }
  if (size_ != 0) std::memcpy(memory, memory_, size_);
  std::free(std::exchange(memory_, memory));
  budget_->give_back(std::exchange(capacity_, capacity));
  return true;
}

bool MemoryBuffer::make_room(std::size_t more_bytes) {
  if (more_bytes <= capacity_ - size_) return true;
  const std::size_t needed = rounded_up(size_ + more_bytes);
  return move_to(capacity_ == 0 ? needed : std::max(needed, 2 * capacity_)) || move_to(needed);
}

void MemoryBuffer::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  std::memcpy(memory_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void MemoryBuffer::fit() {
  if (capacity_ - rounded_up(size_) <= capacity_ / 8) return;
  // Where there is no room for the copy it stays where it is.
  static_cast<void>(move_to(rounded_up(size_)));
}

}  // namespace ionloom::store
