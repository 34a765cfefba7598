#pragma once

#include <cstdio>

#include "base/error.h"
#include "simulate/simulate.h"

namespace ionloom::app {

/// `ionloom simulate`, after its options are read.
struct SimulateCommandOptions {
  simulate::SimulateOptions simulate;
  bool quiet = false;  ///< print nothing
};

/// Simulates a dataset and prints to `out` what was written, how large it is and how long it took.
/// `pattern` supplies the isotopic patterns; `callbacks` may be empty.
[[nodiscard]] Result<void> run_simulate(const SimulateCommandOptions& options,
                                        const simulate::PatternFunction& pattern, std::FILE* out,
                                        const simulate::SimulateCallbacks& callbacks = {});

}  // namespace ionloom::app
