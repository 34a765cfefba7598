#include "store/memory_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ionloom::store {
namespace {

constexpr std::size_t kAlignment = 64;

std::size_t rounded_up(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

MemoryBuffer::MemoryBuffer(MemoryBuffer&& other) noexcept
    : budget_(std::move(other.budget_)),
      piece_(std::exchange(other.piece_, {})),
      size_(std::exchange(other.size_, 0)) {}

MemoryBuffer::~MemoryBuffer() {
  if (budget_ != nullptr) budget_->give_back(piece_);
}

bool MemoryBuffer::move_to(std::size_t capacity) {
  // Both places exist while bytes are copied, and the old one is given back afterwards.
  const MemoryBudget::Piece piece = budget_->take(capacity);
  if (piece.memory == nullptr) return false;
  if (size_ != 0) std::memcpy(piece.memory, piece_.memory, size_);
  budget_->give_back(std::exchange(piece_, piece));
  return true;
}

bool MemoryBuffer::make_room(std::size_t more_bytes) {
  if (more_bytes <= left()) return true;
  if (more_bytes > budget_->limit_bytes()) return false;  // nor is the sum a number, perhaps
  const std::size_t needed = rounded_up(size_ + more_bytes);
  const std::size_t doubled = std::max(needed, 2 * piece_.size_bytes);
  return move_to(piece_.memory == nullptr ? needed : doubled) || move_to(needed);
}

std::span<std::byte> MemoryBuffer::room(std::size_t most_bytes) const {
  return {piece_.memory + size_, std::min(most_bytes, left())};
}

void MemoryBuffer::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  std::byte* const end = piece_.memory + size_;
  if (bytes.data() != end) std::memcpy(end, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void MemoryBuffer::fit() {
  if (left() <= piece_.size_bytes / 8) return;
  // Where there is no room for the copy it stays where it is.
  static_cast<void>(move_to(rounded_up(size_)));
}

}  // namespace ionloom::store
