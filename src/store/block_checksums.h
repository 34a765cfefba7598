#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ionloom::store {

/// An object is checksummed in blocks of 1 MiB, the last one of what is left, so that a part of it
/// can be verified without the rest.
inline constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

[[nodiscard]] constexpr std::uint64_t block_count(std::uint64_t size_bytes) {
  return size_bytes / kBlockBytes + (size_bytes % kBlockBytes != 0 ? 1 : 0);
}

/// XXH3, 64 bits, seed 0.
[[nodiscard]] std::uint64_t checksum(std::span<const std::byte> bytes);

/// Checksum of a whole object: XXH3 of its blocks' checksums, each little-endian, in order. It can
/// be checked from them alone.
[[nodiscard]] std::uint64_t object_checksum(std::span<const std::uint64_t> blocks);

/// Block checksums of bytes that come in pieces.
class BlockChecksums {
 public:
  BlockChecksums();
  ~BlockChecksums();
  BlockChecksums(BlockChecksums&&) noexcept;
  BlockChecksums& operator=(BlockChecksums&&) noexcept;

  void append(std::span<const std::byte> bytes);

  /// Of all bytes so far; called once, at the end.
  [[nodiscard]] std::vector<std::uint64_t> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::size_t open_bytes_ = 0;
  std::vector<std::uint64_t> full_;
};

}  // namespace ionloom::store
