#pragma once

#include "base/error.h"
#include "simulate/simulate.h"

namespace ionloom::app {

/// Runs `ionloom simulate` with the engine's own isotopic patterns (version 3, the simulated
/// instrument's peak width) and progress on stderr.
[[nodiscard]] Result<void> simulate_with_progress(const simulate::SimulateOptions& options);

}  // namespace ionloom::app
