#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "store/object_store.h"

namespace ionloom::store::test_support {

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes that differ between blocks and objects.
inline std::string content(std::uint64_t seed, std::size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  std::uint64_t state = seed * 2 + 1;
  for (char& byte : bytes) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

/// One call of a store, with numbers that choose name, size and range.
struct Step {
  enum class Call : std::uint8_t { kPut, kAppend, kDropped, kStat, kGet, kView, kList, kRemove };
  Call call = Call::kPut;
  std::uint32_t name = 0;
  std::uint32_t size = 0;
  std::uint32_t offset = 0;
};

inline void showValue(const Step& step, std::ostream& out) {
  out << "call " << static_cast<int>(step.call) << " name " << step.name << " size " << step.size
      << " offset " << step.offset;
}

/// @param largest_bytes  objects have up to so many bytes
rc::Gen<std::vector<Step>> histories(std::uint32_t largest_bytes);

/// Does the steps with a store and with a map, and compares every answer.
/// @param keys  by which objects are called, in a bucket of their own
void expect_answers_of_a_map(ObjectStore& store, const std::vector<Step>& history,
                             const std::vector<std::string>& keys);

/// Keys that a file system could mistake for each other.
std::vector<std::string> awkward_keys();

}  // namespace ionloom::store::test_support
