#include "module/heap.h"

#include <algorithm>
#include <bit>
#include <new>

namespace ionloom::module {
namespace {

std::size_t rounded_up(std::size_t size_bytes, std::size_t multiple) {
  return (size_bytes + multiple - 1) / multiple * multiple;
}

std::size_t bin_of(std::size_t size_bytes) {
  return static_cast<std::size_t>(std::bit_width(size_bytes)) - 1;
}

}  // namespace

Heap::Block* Heap::after(Block* block) const {
  std::byte* const at = reinterpret_cast<std::byte*>(block) + block->size_bytes;
  return at == end() ? nullptr : reinterpret_cast<Block*>(at);
}

Heap::Block* Heap::before(Block* block) {
  if (block->before_bytes == 0) return nullptr;
  return reinterpret_cast<Block*>(reinterpret_cast<std::byte*>(block) - block->before_bytes);
}

Heap::Block* Heap::last() const {
  return blocks_bytes_ == 0 ? nullptr : reinterpret_cast<Block*>(end() - last_bytes_);
}

std::size_t Heap::used_up_to() const {
  const Block* const block = last();
  return block != nullptr && block->is_free != 0 ? blocks_bytes_ - last_bytes_ : blocks_bytes_;
}

void Heap::put(Block* block) {
  Block*& head = bins_[bin_of(block->size_bytes)];
  block->is_free = 1;
  block->previous = nullptr;
  block->next = head;
  if (head != nullptr) head->previous = block;
  head = block;
}

void Heap::take(Block* block) {
  if (block->previous != nullptr) {
    block->previous->next = block->next;
  } else {
    bins_[bin_of(block->size_bytes)] = block->next;
  }
  if (block->next != nullptr) block->next->previous = block->previous;
  block->is_free = 0;
}

Heap::Block* Heap::make(std::byte* at, std::size_t before_bytes) {
  return new (at) Block{.before_bytes = static_cast<std::uint32_t>(before_bytes)};
}

/// Says a block's size to itself and to what lies behind it: the next block, or the heap.
void Heap::set_size(Block* block, std::size_t size_bytes) {
  block->size_bytes = static_cast<std::uint32_t>(size_bytes);
  if (Block* const following = after(block); following != nullptr) {
    following->before_bytes = block->size_bytes;
  } else {
    last_bytes_ = size_bytes;
  }
}

/// Cuts a block that is in use in two: it keeps the first bytes, the rest is a block in use too.
Heap::Block* Heap::split(Block* block, std::size_t first_bytes) {
  const std::size_t rest_bytes = block->size_bytes - first_bytes;
  Block* const rest = make(reinterpret_cast<std::byte*>(block) + first_bytes, first_bytes);
  set_size(rest, rest_bytes);
  block->size_bytes = static_cast<std::uint32_t>(first_bytes);
  return rest;
}

/// Joins a block with the one behind it. REQUIRES: both are in use.
void Heap::join(Block* block, Block* following) {
  set_size(block, std::size_t{block->size_bytes} + following->size_bytes);
}

Heap::Block* Heap::find(std::size_t size_bytes) const {
  for (std::size_t bin = bin_of(size_bytes); bin < kBins; ++bin) {
    Block* best = nullptr;
    for (Block* block = bins_[bin]; block != nullptr; block = block->next) {
      if (block->size_bytes < size_bytes) continue;
      if (best == nullptr || block->size_bytes < best->size_bytes) best = block;
      if (best->size_bytes == size_bytes) break;
    }
    if (best != nullptr) return best;
  }
  return nullptr;
}

/// A block in use at the end, of so many bytes: the last, if it is free, or a new one.
Heap::Block* Heap::extend(std::size_t size_bytes) {
  Block* block = last();
  const bool grows = block != nullptr && block->is_free != 0;
  const std::size_t kept_bytes = grows ? blocks_bytes_ - last_bytes_ : blocks_bytes_;
  if (size_bytes > SIZE_MAX - kept_bytes) return nullptr;
  const std::size_t needed_bytes = kept_bytes + size_bytes;
  if (needed_bytes > memory_.size_bytes() && !memory_.grow(needed_bytes)) return nullptr;
  if (grows) {
    take(block);
  } else {
    block = make(end(), last_bytes_);
  }
  blocks_bytes_ = needed_bytes;
  set_size(block, size_bytes);
  return block;
}

void* Heap::allocate(std::size_t size_bytes, std::size_t alignment) {
  // A block's size must fit its header, with what alignment and the header add.
  if (size_bytes >= UINT32_MAX - alignment - 2 * kLeastBytes) return nullptr;
  const std::size_t needed =
      std::max(rounded_up(size_bytes, kAlignment) + kHeaderBytes, kLeastBytes);
  const std::size_t searched = alignment > kAlignment ? needed + alignment + kLeastBytes : needed;
  Block* block = find(searched);
  if (block != nullptr) {
    take(block);
  } else {
    block = extend(searched);
  }
  if (block == nullptr) return nullptr;

  // What lies in front of an aligned place must be large enough for a block of its own.
  const auto address = reinterpret_cast<std::uintptr_t>(block) + kHeaderBytes;
  if (address % alignment != 0) {
    Block* const front = block;
    block = split(front, rounded_up(address + kLeastBytes, alignment) - address);
    put(front);
  }
  if (block->size_bytes - needed >= kLeastBytes) {
    release(reinterpret_cast<std::byte*>(split(block, needed)) + kHeaderBytes);
  }
  return reinterpret_cast<std::byte*>(block) + kHeaderBytes;
}

void Heap::release(void* payload) {
  if (payload == nullptr) return;
  auto* block = reinterpret_cast<Block*>(static_cast<std::byte*>(payload) - kHeaderBytes);
  if (Block* const following = after(block); following != nullptr && following->is_free != 0) {
    take(following);
    join(block, following);
  }
  if (Block* const previous = before(block); previous != nullptr && previous->is_free != 0) {
    take(previous);
    join(previous, block);
    block = previous;
  }
  put(block);
}

}  // namespace ionloom::module
