#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ionloom::plan {

/// Positions of `wanted` of `count` things that lie evenly among them, ascending; all when there
/// are fewer.
[[nodiscard]] inline std::vector<std::size_t> evenly_spread(std::size_t count, std::size_t wanted) {
  const std::size_t taken = std::min(count, wanted);
  std::vector<std::size_t> positions;
  positions.reserve(taken);
  for (std::size_t i = 0; i < taken; ++i) {
    positions.push_back(i * (count / taken) + i * (count % taken) / taken + count / taken / 2);
  }
  return positions;
}

}  // namespace ionloom::plan
