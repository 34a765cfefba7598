#include "exec/find_patterns.h"

#include <optional>

namespace ionloom::exec {

Result<void> find_patterns(const AnnotationSettings& settings, AnnotationRun& run,
                           Progress& progress, const std::function<Result<void>()>& compute) {
  std::optional<cache::PatternCache> cache;
  if (settings.pattern_cache) {
    cache.emplace(*settings.pattern_cache, run.ions.ions, settings.pattern);
    run.pattern_source = cache->load(run.patterns);
  }
  if (run.pattern_source == cache::PatternSource::kCached) {
    progress.begin("patterns", "ions", run.ions.ions.size());
    progress.advance(run.ions.ions.size());
    progress.end();
  } else {
    if (auto computed = compute(); !computed) return computed;
    if (cache) {
      if (auto kept = cache->store(run.patterns); !kept) {
        run.pattern_cache_trouble = kept.error().message();
      }
    }
  }
  for (std::size_t ion = 0; ion < run.ions.ions.size(); ++ion) {
    run.ions_with_pattern += run.patterns.has_pattern(ion) ? 1 : 0;
  }
  return {};
}

}  // namespace ionloom::exec
