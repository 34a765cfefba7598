#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "exec/progress.h"
#include "exec/run_objects.h"
#include "exec/task_runtime.h"
#include "tasks/task.h"

namespace ionloom::exec {

/// Runs tasks on the threads of the current arena; their outputs become objects. Those whose
/// outputs are there already do not run. Fails with the error of the first task that failed, in the
/// order given; then no more tasks begin. Also fails, as handed_out(), when tasks were left to
/// others.
/// @param units  of progress for each task
[[nodiscard]] Result<void> run_tasks(std::span<const tasks::Task> tasks,
                                     std::span<const std::uint64_t> units, RunObjects& objects,
                                     TaskRuntime& runtime, Progress& progress);

/// Gives all tasks of a stage the memory of the largest, so that an instance that did one of them
/// can do the next.
void level_memory(std::span<tasks::Task> tasks);

/// Why a run cannot go on here now.
[[nodiscard]] Error handed_out();

}  // namespace ionloom::exec
