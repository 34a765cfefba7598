#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ionloom::wasm {

/// Bytes [address, address + size_bytes) of a guest's linear memory, as the guest named them;
/// nullopt when they are not all there. Valid until the guest runs again.
[[nodiscard]] inline std::optional<std::span<std::byte>> guest_range(std::span<std::uint8_t> memory,
                                                                     std::uint32_t address,
                                                                     std::uint32_t size_bytes) {
  if (address > memory.size() || size_bytes > memory.size() - address) return std::nullopt;
  return std::as_writable_bytes(memory.subspan(address, size_bytes));
}

[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ionloom::wasm
