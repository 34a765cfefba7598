#pragma once

#include "app/plan_options.h"
#include "base/error.h"

namespace ionloom::app {

/// Prints, and draws, what annotating a dataset would take on the backends.
[[nodiscard]] Result<void> run_plan(const PlanOptions& options);

}  // namespace ionloom::app
