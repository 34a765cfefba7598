#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ionloom::module {

/// Where a heap's memory comes from: one stretch that grows at its end.
class HeapMemory {
 public:
  constexpr virtual ~HeapMemory() = default;

  /// Where the stretch begins; a multiple of Heap::kAlignment.
  [[nodiscard]] virtual std::byte* begin() = 0;
  [[nodiscard]] virtual std::size_t size_bytes() const = 0;
  /// Makes the stretch at least so long; false when that cannot be had.
  virtual bool grow(std::size_t size_bytes) = 0;
};

/// The allocator inside the stages' module. What is given back joins what is free around it, so
/// that a task that gave everything back leaves one free stretch to the next task, whatever sizes
/// either asks for; ziglang's own keeps freed memory apart by powers of two, and tasks that follow
/// each other in an instance came to need several times what each needs.
///
/// Best fit among blocks of a size's binary order of magnitude, else the smallest of the next one
/// that has any, else the end of the stretch. A block costs 16 bytes.
class Heap {
 public:
  static constexpr std::size_t kAlignment = 16;

  constexpr explicit Heap(HeapMemory& memory) : memory_(memory) {}

  /// nullptr when the memory cannot grow so far.
  /// @param alignment  a power of two
  [[nodiscard]] void* allocate(std::size_t size_bytes, std::size_t alignment = kAlignment);

  /// REQUIRES: nullptr, or what allocate() gave and was not released since.
  void release(void* payload);

  /// Bytes up to the end of the last block in use, the heap's own included.
  [[nodiscard]] std::size_t used_up_to() const;

 private:
  /// In front of every block's bytes; the links lie in them while they are free.
  struct Block {
    std::uint32_t size_bytes = 0;  ///< with this header; a multiple of kAlignment
    std::uint32_t is_free = 0;
    std::uint32_t before_bytes = 0;  ///< size of the block before, 0: this is the first
    std::uint32_t unused = 0;        ///< what follows is aligned
    Block* next = nullptr;
    Block* previous = nullptr;
  };
  static constexpr std::size_t kHeaderBytes = 16;
  static constexpr std::size_t kLeastBytes = 32;
  static constexpr std::size_t kBins = 32;

  [[nodiscard]] std::byte* end() const { return memory_.begin() + blocks_bytes_; }
  [[nodiscard]] Block* after(Block* block) const;
  [[nodiscard]] static Block* before(Block* block);
  [[nodiscard]] Block* last() const;
  [[nodiscard]] Block* find(std::size_t size_bytes) const;
  Block* extend(std::size_t size_bytes);
  [[nodiscard]] static Block* make(std::byte* at, std::size_t before_bytes);
  void set_size(Block* block, std::size_t size_bytes);
  Block* split(Block* block, std::size_t first_bytes);
  void join(Block* block, Block* following);
  void put(Block* block);
  void take(Block* block);

  HeapMemory& memory_;
  std::size_t blocks_bytes_ = 0;  ///< of all blocks, from the beginning of the memory
  std::size_t last_bytes_ = 0;    ///< of the last of them
  std::array<Block*, kBins> bins_{};
};

}  // namespace ionloom::module
