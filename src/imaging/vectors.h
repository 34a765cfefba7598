#pragma once

#include <cstdint>
#include <cstring>

namespace ionloom::imaging {

// Short vectors in the compilers' own notation, the same source for every machine and for
// WebAssembly. Each lane computes what the scalar would, so results do not depend on their width.

using Float4 = float __attribute__((vector_size(16)));
using Int4 = std::int32_t __attribute__((vector_size(16)));
using Double4 = double __attribute__((vector_size(32)));
using Byte16 = std::uint8_t __attribute__((vector_size(16)));
using SignedByte16 = std::int8_t __attribute__((vector_size(16)));

/// Reads a vector from an address of any alignment.
template <class Vector>
[[nodiscard]] inline Vector load(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

template <class Vector>
inline void store(void* to, const Vector& vector) {
  std::memcpy(to, &vector, sizeof vector);
}

template <class Vector>
[[nodiscard]] inline Vector lower_of(Vector a, Vector b) {
  return a < b ? a : b;
}

template <class Vector>
[[nodiscard]] inline Vector higher_of(Vector a, Vector b) {
  return a > b ? a : b;
}

}  // namespace ionloom::imaging
