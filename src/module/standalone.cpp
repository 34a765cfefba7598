// What the C++ library would otherwise ask the system for: nowhere to print to, nothing to unwind.
// All of it ends the module with a trap; the host has a sentence before.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "module/heap.h"
#include "module/host.h"

extern "C" std::byte __heap_base;  // where the linker ends the module's data

namespace {

constexpr std::int32_t kError = 2;

[[noreturn]] void end_with(std::string_view sentence) {
  host_log(kError, reinterpret_cast<std::uint32_t>(sentence.data()), sentence.size());
  __builtin_trap();
}

/// The module's memory from the end of its data on. Nobody else makes it grow: the C library's
/// allocator is replaced below.
class ModuleMemory final : public ionloom::module::HeapMemory {
 public:
  std::byte* begin() override { return reinterpret_cast<std::byte*>(first_address()); }
  std::size_t size_bytes() const override {
    return __builtin_wasm_memory_size(0) * kPageBytes - first_address();
  }
  bool grow(std::size_t size_bytes) override {
    const std::size_t pages = (size_bytes - this->size_bytes() + kPageBytes - 1) / kPageBytes;
    return __builtin_wasm_memory_grow(0, pages) != SIZE_MAX;
  }

 private:
  static constexpr std::size_t kPageBytes = 65536;

  static std::size_t first_address() {
    constexpr std::size_t kAlignment = ionloom::module::Heap::kAlignment;
    return (reinterpret_cast<std::size_t>(&__heap_base) + kAlignment - 1) / kAlignment * kAlignment;
  }
};

constinit ModuleMemory module_memory;
constinit ionloom::module::Heap heap(module_memory);

void* allocated(std::size_t size, std::size_t alignment) {
  void* const memory = heap.allocate(size, std::max(alignment, ionloom::module::Heap::kAlignment));
  if (memory == nullptr) {
    end_with("the task needs more memory than its bound allows: the bound of its stage is wrong");
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return allocated(size, 1);
}
void* operator new[](std::size_t size) {
  return allocated(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocated(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return heap.allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return heap.allocate(size);
}
void operator delete(void* memory) noexcept {
  heap.release(memory);
}
void operator delete[](void* memory) noexcept {
  heap.release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  heap.release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  heap.release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  heap.release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  heap.release(memory);
}

// libc++ ends here when one of its own preconditions fails.
void std::__libcpp_verbose_abort(const char* format, ...) noexcept {
  end_with(format);
}

// The C library's allocator, for what of the C++ library goes past operator new.
extern "C" {

void* malloc(std::size_t size) {
  return heap.allocate(size);
}
void free(void* memory) {
  heap.release(memory);
}
void* calloc(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  void* const memory = heap.allocate(bytes);
  if (memory != nullptr) std::memset(memory, 0, bytes);
  return memory;
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return heap.allocate(size, std::max(alignment, ionloom::module::Heap::kAlignment));
}

}  // extern "C"
