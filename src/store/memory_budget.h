#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace ionloom::store {

/// The memory that all buffers of a tier share, within a bound. Large pieces that were given back
/// are kept, within the bound too, for the next buffer of their size: the first touch of fresh
/// memory costs more than filling it does. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;
  ~MemoryBudget();

  /// Memory, 64-byte aligned.
  struct Piece {
    std::byte* memory = nullptr;  ///< none: neither the bound nor the machine has it
    std::size_t size_bytes = 0;   ///< what was asked for, or up to an eighth more
  };
  [[nodiscard]] Piece take(std::size_t size_bytes);
  void give_back(Piece piece);

  /// By the pieces that are taken.
  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  void free_spare(std::multimap<std::size_t, std::byte*>::iterator piece);

  const std::uint64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t spare_bytes_ = 0;
  std::multimap<std::size_t, std::byte*> spare_;  ///< by size
};

}  // namespace ionloom::store
