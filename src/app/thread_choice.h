#pragma once

#include <cstdint>
#include <string>

#include "app/run_settings.h"
#include "plan/learned_models.h"
#include "plan/work_counts.h"

namespace ionloom::app {

/// Threads, 1 to `most`, with which a run is expected to be done first; of those that are expected
/// to take equally long (within a hundredth) the fewest.
/// @param runtime  "native" or "wasm"
[[nodiscard]] std::uint32_t choose_threads(const plan::LearnedModels& models,
                                           const RunSettings& settings, const std::string& runtime,
                                           const plan::JobCounts& job, std::uint32_t most);

}  // namespace ionloom::app
