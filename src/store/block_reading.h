#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "store/object_store.h"

namespace ionloom::store {

/// Fills a span with the bytes of an object from an offset on; all of them are within the object.
using ReadBytes = std::function<Outcome<void>(std::uint64_t offset_bytes, std::span<std::byte>)>;

/// Reads the blocks that a range within an object touches, in one call, and verifies them.
/// @param place   where they come from, for a failure
/// @param blocks  the checksum of every block; none: only the range itself is read, and not
/// verified
/// @return the range; kCorrupt naming object, place and block
[[nodiscard]] Outcome<View> read_blocks(const std::string& object, const std::string& place,
                                        std::uint64_t object_bytes, ByteRange range,
                                        std::span<const std::uint64_t> blocks,
                                        const ReadBytes& read);

}  // namespace ionloom::store
