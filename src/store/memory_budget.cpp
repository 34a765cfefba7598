#include "store/memory_budget.h"

#include <cstdlib>
#include <iterator>

namespace ionloom::store {
namespace {

constexpr std::size_t kAlignment = 64;
/// Smaller pieces the C library keeps for itself.
constexpr std::size_t kLargeBytes = std::size_t{1} << 20;

}  // namespace

MemoryBudget::~MemoryBudget() {
  for (const auto& [size_bytes, memory] : spare_) std::free(memory);
}

MemoryBudget::Piece MemoryBudget::take(std::size_t size_bytes) {
  {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t left_bytes = limit_bytes_ - used_bytes_;
    if (size_bytes > left_bytes) return {};
    if (const auto fits = spare_.lower_bound(size_bytes);
        fits != spare_.end() && fits->first - size_bytes <= size_bytes / 8) {
      const Piece piece{fits->second, fits->first};
      spare_bytes_ -= piece.size_bytes;
      used_bytes_ += piece.size_bytes;
      spare_.erase(fits);
      return piece;
    }
    while (spare_bytes_ > left_bytes - size_bytes) free_spare(std::prev(spare_.end()));
    used_bytes_ += size_bytes;
  }
  // No huge pages: where the kernel has to make them first, they cost several times what they save.
  void* memory = nullptr;
  if (::posix_memalign(&memory, kAlignment, size_bytes) == 0) {
    return {static_cast<std::byte*>(memory), size_bytes};
  }
  const std::scoped_lock lock(mutex_);
  used_bytes_ -= size_bytes;
  return {};
}

void MemoryBudget::give_back(Piece piece) {
  if (piece.memory == nullptr) return;
  {
    const std::scoped_lock lock(mutex_);
    used_bytes_ -= piece.size_bytes;
    if (piece.size_bytes >= kLargeBytes) {
      spare_.emplace(piece.size_bytes, piece.memory);
      spare_bytes_ += piece.size_bytes;
      return;
    }
  }
  std::free(piece.memory);
}

void MemoryBudget::free_spare(std::multimap<std::size_t, std::byte*>::iterator piece) {
  spare_bytes_ -= piece->first;
  std::free(piece->second);
  spare_.erase(piece);
}

std::uint64_t MemoryBudget::used_bytes() const {
  const std::scoped_lock lock(mutex_);
  return used_bytes_;
}

}  // namespace ionloom::store
