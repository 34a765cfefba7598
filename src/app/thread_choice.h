#pragma once

#include <cstdint>
#include <string>

#include "app/run_settings.h"
#include "plan/learned_models.h"
#include "plan/work_counts.h"

namespace ionloom::app {

/// Threads, 1 to `most`: as many as there are, unless earlier runs on this machine say that a run
/// is surely done sooner with fewer (plan::surely_soonest()).
/// @param runtime  "native", "wasm" or "interpreted"
[[nodiscard]] std::uint32_t choose_threads(const plan::LearnedModels& models,
                                           const RunSettings& settings, const std::string& runtime,
                                           const plan::JobCounts& job, std::uint32_t most);

}  // namespace ionloom::app
