#pragma once

#include <cstdint>

#include "base/error.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

/// Runs a task from its inputs into its outputs. The bytes of the outputs depend on the task and
/// its inputs alone. Fails, naming task and input, when an input is damaged or the two do not go
/// together; kUsage when the task asks for what does not exist; kResource when it may use less
/// memory than memory_bound_bytes(). What was written before a failure is worth nothing.
[[nodiscard]] Result<void> run_task(const Task& task, TaskIo& io);

/// Bytes that a task needs at most, whatever its inputs hold: everything inside the WebAssembly
/// module, or on the heap of a native thread. Known from the task alone; its own `memory` is not
/// looked at. Fails as run_task() when the task asks for what does not exist.
[[nodiscard]] Result<std::uint64_t> memory_bound_bytes(const Task& task);

}  // namespace ionloom::tasks
