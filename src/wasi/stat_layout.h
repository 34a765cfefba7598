#pragma once

#include <cstddef>
#include <span>

#include "wasi/guest_view.h"
#include "wasi/open_file.h"

namespace ionloom::wasi {

inline constexpr std::uint32_t kFilestatBytes = 64;

/// A filestat as the standard lays it out.
inline void put_stat(std::span<std::byte> place, const FileStat& status) {
  put(place, status.device);
  put(place, status.inode, 8);
  put(place, std::uint64_t{static_cast<std::uint8_t>(status.type)}, 16);
  put(place, status.links, 24);
  put(place, status.size_bytes, 32);
  put(place, status.accessed_ns, 40);
  put(place, status.modified_ns, 48);
  put(place, status.changed_ns, 56);
}

/// Bits: 1 accessed as given, 2 accessed now, 4 modified as given, 8 modified now. kInval for
/// others and for both ways at once.
[[nodiscard]] inline Answer<NewTimes> new_times(std::uint64_t accessed, std::uint64_t modified,
                                                std::uint32_t which) {
  if (which > 15 || (which & 3) == 3 || (which & 12) == 12) return refuse(Errno::kInval);
  NewTimes times;
  if ((which & 3) != 0) times.accessed = {.now = (which & 2) != 0, .ns = accessed};
  if ((which & 12) != 0) times.modified = {.now = (which & 8) != 0, .ns = modified};
  return times;
}

}  // namespace ionloom::wasi
