#pragma once

#include <cstdint>
#include <string>

#include "store/object_file.h"
#include "wasi/errno.h"
#include "wasi/open_file.h"

namespace ionloom::wasi {

/// What the system says of an open file, for a program.
[[nodiscard]] Answer<FileStat> stat_of_descriptor(int descriptor);

/// Opens below a folder, and not by any way outside of it: openat2 with RESOLVE_BENEATH, without
/// the links of /proc. kPerm for what would leave it.
/// @param flags  of open(2); O_CLOEXEC is added
[[nodiscard]] Answer<store::Descriptor> open_beneath(int folder, const std::string& path,
                                                     std::uint64_t flags);

}  // namespace ionloom::wasi
