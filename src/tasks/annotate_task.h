#pragma once

#include <cstdint>

#include "base/error.h"
#include "tasks/column.h"
#include "tasks/image_inputs.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Measures ions on the peaks that their windows touch (docs/formats/task.md).
struct AnnotateTask {
  ImageInputs inputs;
  bool all_metrics = false;
  std::uint32_t metrics = 0;  ///< output

  [[nodiscard]] static Result<AnnotateTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
