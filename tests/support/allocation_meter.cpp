#include "support/allocation_meter.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::int64_t> allocated = 0;
std::atomic<std::int64_t> highest = 0;

void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  const auto size = static_cast<std::int64_t>(::malloc_usable_size(memory));
  const std::int64_t now = allocated.fetch_add(size) + size;
  std::int64_t before = highest.load();
  while (before < now && !highest.compare_exchange_weak(before, now)) {
  }
  return memory;
}

void release(void* memory) noexcept {
  allocated.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(memory)));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto boundary = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

namespace ionloom::test_support {

AllocationMeter::AllocationMeter() : start_(allocated.load()) {
  highest = start_;
}

std::uint64_t AllocationMeter::peak_bytes() const {
  return static_cast<std::uint64_t>(highest.load() - start_);
}

}  // namespace ionloom::test_support
