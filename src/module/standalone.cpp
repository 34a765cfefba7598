// What the C++ library would otherwise ask the system for: nowhere to print to, nothing to unwind.
// All of it ends the module with a trap; the host has a sentence before.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "module/host.h"

namespace {

constexpr std::int32_t kError = 2;

[[noreturn]] void end_with(std::string_view sentence) {
  host_log(kError, reinterpret_cast<std::uint32_t>(sentence.data()), sentence.size());
  __builtin_trap();
}

void* allocated(std::size_t size, std::size_t alignment) {
  void* const memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(size == 0 ? 1 : size)
          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
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
  return std::malloc(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

// libc++ ends here when one of its own preconditions fails.
void std::__libcpp_verbose_abort(const char* format, ...) noexcept {
  end_with(format);
}
