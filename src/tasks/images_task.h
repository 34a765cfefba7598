#pragma once

#include <cstdint>

#include "base/error.h"
#include "tasks/column.h"
#include "tasks/image_inputs.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Cuts the images of ions (docs/formats/task.md).
struct ImagesTask {
  ImageInputs inputs;
  std::uint32_t images = 0;  ///< output

  [[nodiscard]] static Result<ImagesTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] std::uint64_t held_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
