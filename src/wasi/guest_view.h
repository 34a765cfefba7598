#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "wasi/errno.h"
#include "wasm/guest_memory.h"

namespace ionloom::wasi {

/// The linear memory of the program that calls, for as long as the call takes. Whatever the program
/// names in it is compared with its size: kFault when it is not all there.
class GuestMemory {
 public:
  explicit GuestMemory(std::span<std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] Answer<std::span<std::byte>> range(std::uint32_t address,
                                                   std::uint32_t size_bytes) const {
    const auto found = wasm::guest_range(bytes_, address, size_bytes);
    if (!found) return refuse(Errno::kFault);
    return *found;
  }

  [[nodiscard]] Answer<std::string_view> text(std::uint32_t address,
                                              std::uint32_t size_bytes) const {
    const auto found = range(address, size_bytes);
    if (!found) return refuse(found.error());
    return wasm::as_text(*found);
  }

  /// A place for a value, looked at before anything is done that could not be told afterwards.
  template <class Value>
  [[nodiscard]] Answer<std::span<std::byte>> place(std::uint32_t address) const {
    return range(address, sizeof(Value));
  }

 private:
  std::span<std::uint8_t> bytes_;
};

/// Puts a value (little-endian, as both sides are) at an offset of a place that holds it.
template <class Value>
void put(std::span<std::byte> place, Value value, std::size_t offset_bytes = 0) {
  std::memcpy(place.data() + offset_bytes, &value, sizeof(Value));
}

template <class Value>
[[nodiscard]] Value value_at(std::span<const std::byte> bytes, std::size_t offset_bytes) {
  Value value;
  std::memcpy(&value, bytes.data() + offset_bytes, sizeof(Value));
  return value;
}

}  // namespace ionloom::wasi
