#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "wasi/guest_view.h"

namespace ionloom::wasi {

/// More are refused (kInval), as POSIX's IOV_MAX.
inline constexpr std::uint32_t kMaxVectors = 1024;

/// A list of (address, length) pairs in a guest's memory, of which every one is there.
class Vectors {
 public:
  [[nodiscard]] static Answer<Vectors> at(const GuestMemory& memory, std::uint32_t address,
                                          std::uint32_t count) {
    if (count > kMaxVectors) return refuse(Errno::kInval);
    const auto list = memory.range(address, count * kPairBytes);
    if (!list) return refuse(list.error());
    const Vectors vectors(memory, *list);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (const auto one = vectors[i]; !one) return refuse(one.error());
    }
    return vectors;
  }

  [[nodiscard]] std::uint32_t count() const {
    return static_cast<std::uint32_t>(list_.size() / kPairBytes);
  }
  /// Looked at anew each time: what is read into the guest may be the list itself.
  [[nodiscard]] Answer<std::span<std::byte>> operator[](std::uint32_t i) const {
    const auto pair = list_.subspan(std::size_t{i} * kPairBytes, kPairBytes);
    return memory_.range(value_at<std::uint32_t>(pair, 0), value_at<std::uint32_t>(pair, 4));
  }

 private:
  static constexpr std::uint32_t kPairBytes = 8;

  Vectors(const GuestMemory& memory, std::span<const std::byte> list)
      : memory_(memory), list_(list) {}

  GuestMemory memory_;
  std::span<const std::byte> list_;
};

}  // namespace ionloom::wasi
