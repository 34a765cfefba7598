#pragma once

#include <cstdint>

#include "base/error.h"
#include "tasks/column.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Finds a dataset's pixels (docs/formats/task.md).
struct IndexTask {
  std::uint64_t spectra = 0;
  // Inputs and output.
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t pixels = 0;

  [[nodiscard]] static Result<IndexTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
