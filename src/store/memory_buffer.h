#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace ionloom::store {

/// Bytes of memory that may be used, shared by all buffers of a tier.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Whether so many more may be used; they are, then.
  [[nodiscard]] bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes) { used_bytes_.fetch_sub(bytes); }

  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_.load(); }
  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  const std::uint64_t limit_bytes_;
  std::atomic<std::uint64_t> used_bytes_ = 0;
};

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
  /// Adds bytes for which there is room.
  void append(std::span<const std::byte> bytes);
  /// Gives back the room that is left, if that is more than an eighth.
  void fit();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {memory_, size_}; }

 private:
  [[nodiscard]] bool move_to(std::size_t capacity);

  std::shared_ptr<MemoryBudget> budget_;
  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace ionloom::store
