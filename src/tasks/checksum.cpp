#include "tasks/checksum.h"

#include "tasks/xxh3_vectors.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ionloom::tasks {

struct ChecksumStream::State {
  XXH3_state_t xxh3;
};

std::uint64_t checksum(std::span<const std::byte> bytes) {
#ifdef __wasm_simd128__
  if (bytes.size() >= kXxh3LongBytes) return xxh3_of_long(bytes);
#endif
  return XXH3_64bits(bytes.data(), bytes.size());
}

ChecksumStream::ChecksumStream() : state_(std::make_unique<State>()) {
  XXH3_64bits_reset(&state_->xxh3);
}

ChecksumStream::~ChecksumStream() = default;

void ChecksumStream::add(std::span<const std::byte> bytes) {
  XXH3_64bits_update(&state_->xxh3, bytes.data(), bytes.size());
}

std::uint64_t ChecksumStream::value() const {
  return XXH3_64bits_digest(&state_->xxh3);
}

}  // namespace ionloom::tasks
