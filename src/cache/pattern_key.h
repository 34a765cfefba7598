#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "chem/isotopic_pattern.h"

namespace ionloom::cache {

/// Name of the patterns of some ions: two runs that need the same patterns, bit for bit, have the
/// same key.
struct PatternKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const PatternKey&) const = default;
};

/// 128-bit XXH3 of everything that patterns depend on: the ion formulas in their order, the
/// settings, and chem::kPatternRevision.
[[nodiscard]] PatternKey pattern_key(std::span<const std::string> ion_formulas,
                                     const chem::PatternSettings& settings);

/// 32 hexadecimal digits.
[[nodiscard]] std::string key_text(const PatternKey& key);

}  // namespace ionloom::cache
