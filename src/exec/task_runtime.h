#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "tasks/images_task.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace ionloom::exec {

/// Runs tasks, each on the thread that calls. Thread-safe.
class TaskRuntime {
 public:
  virtual ~TaskRuntime() = default;

  /// Runs one task within the memory that it states. Fails naming the stage, the task and what is
  /// wrong; what was written to `io` is then worth nothing, and other tasks go on.
  /// @param cancelled  asked now and then; true: the task ends (kInterrupted)
  [[nodiscard]] virtual Result<void> run(const tasks::Task& task, tasks::TaskIo& io,
                                         const std::function<bool()>& cancelled) = 0;

  /// Cuts the images of an images task, without an object in between where the runtime can
  /// (hands_over_images()). Fails as run() does, and as `take` does. REQUIRES: `io` has no outputs.
  [[nodiscard]] virtual Result<void> cut_images(const tasks::Task& task, tasks::TaskIo& io,
                                                const tasks::TakeImages& take,
                                                const std::function<bool()>& cancelled);

  /// Whether images are handed over one ion after the other, so that a task of any number of ions
  /// holds one's.
  [[nodiscard]] virtual bool hands_over_images() const { return false; }

  /// Gives back what idle instances hold: the next tasks may be smaller.
  virtual void release_memory() {}

  /// Memory that a task can have at most.
  [[nodiscard]] virtual std::uint64_t most_memory_bytes() const { return UINT64_MAX; }

  /// Why compiled code could not be kept for later programs; empty: it was, or there is none.
  [[nodiscard]] virtual std::string cache_trouble() const { return {}; }
};

/// Runs tasks as part of this program. A task that has begun is not cancelled.
[[nodiscard]] std::unique_ptr<TaskRuntime> native_runtime();

/// "stage annotate, task annotate-17": how errors call a task.
[[nodiscard]] std::string task_place(const tasks::Task& task);

}  // namespace ionloom::exec
