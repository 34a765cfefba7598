#pragma once

#include <cstdint>

#include "wasi/open_file.h"

namespace ionloom::wasi {

/// Bits of WASI's rights. Reading and writing are kept for each descriptor; the others every file
/// and folder has that can do what they are for.
inline constexpr std::uint64_t kRightRead = 1 << 1;
inline constexpr std::uint64_t kRightSeek = 1 << 2;
inline constexpr std::uint64_t kRightTell = 1 << 5;
inline constexpr std::uint64_t kRightWrite = 1 << 6;

/// datasync, read, seek, set_flags, sync, tell, write, advise, allocate, filestat_get, _set_size,
/// _set_times, poll.
inline constexpr std::uint64_t kRightsOfFile = 0x1ff | 1 << 21 | 1 << 22 | 1 << 23 | 1 << 27;
/// All of a file but seeking and telling, by whose absence programs know a terminal.
inline constexpr std::uint64_t kRightsOfStream = kRightsOfFile & ~(kRightSeek | kRightTell);
/// set_flags, sync, advise, every path_ function, readdir, filestat_get and _set_times.
inline constexpr std::uint64_t kRightsOfFolder =
    1 << 3 | 1 << 4 | 1 << 7 | 0xfff << 9 | 1 << 21 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26;

}  // namespace ionloom::wasi
