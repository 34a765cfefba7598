#pragma once

#include <cstdint>

#include "exec/annotation_run.h"
#include "plan/learned_models.h"
#include "plan/rule_plans.h"
#include "plan/work_counts.h"

namespace ionloom::app {

/// Into how many tasks a planner cuts the stages of a run on `threads` threads. kExact: no larger
/// than tasks of constant sizes, and a multiple of the threads, so that these end together. Results
/// do not depend on it.
[[nodiscard]] exec::TaskCuts task_cuts(plan::Planner planner, const plan::LearnedModels& models,
                                       const plan::JobCounts& job, std::uint64_t ibd_bytes,
                                       std::uint32_t threads);

}  // namespace ionloom::app
