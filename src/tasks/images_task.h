#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/error.h"
#include "imaging/ion_images.h"
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

/// What is made of the images of one ion, one an isotope peak.
using TakeImages =
    std::function<Result<void>(std::uint32_t ion, std::span<const imaging::IonImage> images)>;

/// Cuts the images of an images task and hands them over, one ion after the other, for a process
/// that makes something else of them: nothing is written, and no more than one ion's are held.
/// Fails as the task does, and when `take` does.
[[nodiscard]] Result<void> cut_images(const Task& task, TaskIo& io, const TakeImages& take);

}  // namespace ionloom::tasks
