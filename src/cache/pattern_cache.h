#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/error.h"
#include "cache/pattern_key.h"
#include "chem/isotopic_pattern.h"
#include "stages/patterns.h"

namespace ionloom::cache {

struct PatternCacheSettings {
  std::filesystem::path folder;  ///< made when the first entry is stored
  std::uint64_t limit_bytes = 2'000'000'000;
};

/// Where a run's patterns came from.
enum class PatternSource : std::uint8_t {
  kComputed,  ///< no cache was to be used
  kMissed,    ///< the cache had none; computed
  kDamaged,   ///< the cache's entry was damaged; computed
  kCached,
};

/// The patterns of one set of ions in the cache. Runs may share a folder, also at the same time and
/// when some are killed: entries appear whole, and are believed only with right checksums.
class PatternCache {
 public:
  PatternCache(PatternCacheSettings settings, std::span<const std::string> ion_formulas,
               const chem::PatternSettings& pattern);

  /// Fills `table` if the cache has it (kCached), else leaves it as it was.
  [[nodiscard]] PatternSource load(stages::PatternTable& table) const;

  /// Keeps the table for later runs, and removes what was not used for longest when the limit is
  /// exceeded. A table over the limit is not kept. A failure leaves the cache as it was.
  [[nodiscard]] Result<void> store(const stages::PatternTable& table) const;

 private:
  [[nodiscard]] std::filesystem::path entry_path() const;

  PatternCacheSettings settings_;
  PatternKey key_;
  std::size_t ions_;
  std::uint32_t peaks_per_ion_;
};

}  // namespace ionloom::cache
