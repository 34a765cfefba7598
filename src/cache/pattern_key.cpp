#include "cache/pattern_key.h"

#include <bit>
#include <cstddef>

#include <fmt/core.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ionloom::cache {
namespace {

/// Characters that are hashed at a time.
constexpr std::size_t kBatchBytes = std::size_t{64} * 1024;

}  // namespace

PatternKey pattern_key(std::span<const std::string> ion_formulas,
                       const chem::PatternSettings& settings) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  std::string batch = fmt::format(
      "ionloom patterns {}\nversion {}\nanalyzer {}\nsigma {:016x}\ncharge {}\npeaks {}\nions {}\n",
      chem::kPatternRevision, static_cast<unsigned>(settings.shape.version),
      static_cast<unsigned>(settings.shape.analyzer),
      std::bit_cast<std::uint64_t>(settings.shape.sigma_mz), settings.charge, settings.max_peaks,
      ion_formulas.size());
  for (const std::string& formula : ion_formulas) {
    batch += formula;
    batch += '\n';
    if (batch.size() < kBatchBytes) continue;
    XXH3_128bits_update(&state, batch.data(), batch.size());
    batch.clear();
  }
  XXH3_128bits_update(&state, batch.data(), batch.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return {hash.high64, hash.low64};
}

std::string key_text(const PatternKey& key) {
  return fmt::format("{:016x}{:016x}", key.high, key.low);
}

}  // namespace ionloom::cache
