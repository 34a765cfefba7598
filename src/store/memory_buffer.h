#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "store/memory_budget.h"

namespace ionloom::store {

/// Bytes that grow at the end, 64-byte aligned; what it holds counts against a budget as long as it
/// lives.
class MemoryBuffer {
 public:
  explicit MemoryBuffer(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}
  MemoryBuffer(MemoryBuffer&& other) noexcept;
  MemoryBuffer& operator=(MemoryBuffer&&) = delete;
  ~MemoryBuffer();

  /// Room for `more_bytes` beyond the end; false when neither budget nor memory has it, and nothing
  /// has changed then.
  [[nodiscard]] bool make_room(std::size_t more_bytes);
  /// Room that there is already beyond the end, so many bytes of it at most.
  [[nodiscard]] std::span<std::byte> room(std::size_t most_bytes) const;
  /// Adds bytes for which there is room; those that lie there already are not moved.
  void append(std::span<const std::byte> bytes);
  /// Gives back the room that is left, if that is more than an eighth.
  void fit();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {piece_.memory, size_}; }

 private:
  [[nodiscard]] std::size_t left() const { return piece_.size_bytes - size_; }
  [[nodiscard]] bool move_to(std::size_t capacity);

  std::shared_ptr<MemoryBudget> budget_;
  MemoryBudget::Piece piece_;
  std::size_t size_ = 0;
};

}  // namespace ionloom::store
