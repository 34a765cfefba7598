#include "cache/pattern_cache.h"

#include <utility>

#include "cache/cache_folder.h"
#include "cache/pattern_entry.h"

namespace ionloom::cache {

PatternCache::PatternCache(PatternCacheSettings settings, std::span<const std::string> ion_formulas,
                           const chem::PatternSettings& pattern)
    : settings_(std::move(settings)),
      key_(pattern_key(ion_formulas, pattern)),
      ions_(ion_formulas.size()),
      peaks_per_ion_(pattern.max_peaks) {}

std::filesystem::path PatternCache::entry_path() const {
  return settings_.folder / (key_text(key_) + std::string(kPatterns.suffix));
}

PatternSource PatternCache::load(stages::PatternTable& table) const {
  table.peaks_per_ion = peaks_per_ion_;
  switch (read_entry(entry_path(), key_, ions_, table)) {
    case EntryState::kRead:
      mark_used(entry_path());
      return PatternSource::kCached;
    case EntryState::kAbsent:
      return PatternSource::kMissed;
    case EntryState::kDamaged:
      return PatternSource::kDamaged;
  }
  return PatternSource::kMissed;
}

Result<void> PatternCache::store(const stages::PatternTable& table) const {
  const auto place = make_place(settings_.folder, kPatterns, settings_.limit_bytes,
                                entry_size_bytes(ions_, peaks_per_ion_));
  if (!place) return std::unexpected(place.error());
  if (!*place) return {};
  return write_entry(entry_path(), key_, table);
}

}  // namespace ionloom::cache
