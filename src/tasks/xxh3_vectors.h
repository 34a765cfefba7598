#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ionloom::tasks {

/// Bytes from which on xxh3_of_long() may be used.
inline constexpr std::size_t kXxh3LongBytes = 241;

/// XXH3 (64 bits, seed 0) of at least kXxh3LongBytes bytes, in vectors of the compilers' own
/// notation: xxhash.h 0.8.1 has none for WebAssembly, and takes four times as long there.
/// Source: xxHash's doc/xxhash_spec.md, "XXH3 Algorithm (for large inputs)".
[[nodiscard]] std::uint64_t xxh3_of_long(std::span<const std::byte> bytes);

}  // namespace ionloom::tasks
