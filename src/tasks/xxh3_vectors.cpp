#include "tasks/xxh3_vectors.h"

#include <array>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ionloom::tasks {
namespace {

using Word2 = std::uint64_t __attribute__((vector_size(16)));

constexpr std::size_t kLanes = 8;  ///< of 64 bits
constexpr std::size_t kStripeBytes = kLanes * sizeof(std::uint64_t);
constexpr std::size_t kSecretStepBytes = 8;  ///< that each stripe's secret begins later
constexpr std::size_t kStripesPerBlock =
    (XXH_SECRET_DEFAULT_SIZE - kStripeBytes) / kSecretStepBytes;
constexpr std::size_t kBlockBytes = kStripesPerBlock * kStripeBytes;
constexpr std::size_t kLastSecretAt = XXH_SECRET_DEFAULT_SIZE - kStripeBytes - 7;
constexpr std::size_t kMergeSecretAt = 11;

/// The eight sums, two in a vector.
using Sums = std::array<Word2, kLanes / 2>;

Word2 load(const void* from) {
  Word2 words;
  std::memcpy(&words, from, sizeof words);
  return words;
}

void add_stripe(Sums& sums, const std::byte* stripe, const unsigned char* secret) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Word2 data = load(stripe + i * sizeof(Word2));
    const Word2 key = data ^ load(secret + i * sizeof(Word2));
    sums[i] += __builtin_shufflevector(data, data, 1, 0) + (key & 0xFFFFFFFF) * (key >> 32);
  }
}

void scramble(Sums& sums) {
  const unsigned char* const secret = XXH3_kSecret + XXH_SECRET_DEFAULT_SIZE - kStripeBytes;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] = (sums[i] ^ sums[i] >> 47 ^ load(secret + i * sizeof(Word2))) * XXH_PRIME32_1;
  }
}

}  // namespace

std::uint64_t xxh3_of_long(std::span<const std::byte> bytes) {
  Sums sums = {Word2{XXH_PRIME32_3, XXH_PRIME64_1}, Word2{XXH_PRIME64_2, XXH_PRIME64_3},
               Word2{XXH_PRIME64_4, XXH_PRIME32_2}, Word2{XXH_PRIME64_5, XXH_PRIME32_1}};
  // The last stripe ends with the bytes, wherever it begins.
  const std::size_t stripes = (bytes.size() - 1) / kStripeBytes;
  for (std::size_t stripe = 0; stripe < stripes; ++stripe) {
    const std::size_t of_block = stripe % kStripesPerBlock;
    add_stripe(sums, bytes.data() + stripe * kStripeBytes,
               XXH3_kSecret + of_block * kSecretStepBytes);
    if (of_block == kStripesPerBlock - 1) scramble(sums);
  }
  add_stripe(sums, bytes.data() + bytes.size() - kStripeBytes, XXH3_kSecret + kLastSecretAt);
  xxh_u64 all[kLanes];
  std::memcpy(all, sums.data(), sizeof all);
  return XXH3_mergeAccs(all, XXH3_kSecret + kMergeSecretAt, bytes.size() * XXH_PRIME64_1);
}

}  // namespace ionloom::tasks
