#pragma once

#include <cstdint>

#include "exec/annotation_run.h"
#include "imaging/pixel_grid.h"
#include "plan/work_counts.h"

namespace ionloom::app {

/// The bounds on the memory of tasks, by the stages' own functions: the program, and what the task
/// reads, holds and writes.
/// @param longest_spectrum  peaks
/// REQUIRES: settings and grid outlive the function.
[[nodiscard]] plan::MemoryBound stage_bounds(const exec::AnnotationSettings& settings,
                                             const imaging::PixelGrid& grid,
                                             std::uint64_t longest_spectrum);

}  // namespace ionloom::app
