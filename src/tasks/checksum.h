#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ionloom::tasks {

/// XXH3 (64 bits, seed 0) of some bytes. Source: xxhash.com; the one library of this room, a single
/// header that asks for nothing.
[[nodiscard]] std::uint64_t checksum(std::span<const std::byte> bytes);

/// The same of bytes that come one part after the other.
class ChecksumStream {
 public:
  ChecksumStream();
  ChecksumStream(const ChecksumStream&) = delete;
  ChecksumStream& operator=(const ChecksumStream&) = delete;
  ~ChecksumStream();

  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ionloom::tasks
