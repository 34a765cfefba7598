#include "tasks/xxh3_vectors.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tasks/checksum.h"

namespace ionloom::tasks {
namespace {

TEST(Xxh3Vectors, give_the_value_of_the_library_for_every_length_and_address) {
  std::mt19937 random(5);
  std::vector<std::byte> bytes(70'000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  const auto check = [&](std::size_t first, std::size_t size) {
    const auto some = std::span(bytes).subspan(first, size);
    ASSERT_EQ(xxh3_of_long(some), checksum(some)) << size << " bytes from " << first;
  };
  // Around stripes of 64 bytes and blocks of 1024.
  for (std::size_t size = kXxh3LongBytes; size <= 3200; ++size) check(size % 7, size);
  for (int i = 0; i < 300; ++i) {
    const std::size_t size = kXxh3LongBytes + random() % 60'000;
    check(random() % (bytes.size() - size), size);
  }
  check(0, 65'536);
}

}  // namespace
}  // namespace ionloom::tasks
