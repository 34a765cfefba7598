#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>

#include "base/error.h"
#include "exec/progress.h"

namespace ionloom::exec {

/// Calls step(i), which gives a Result<void>, for every i below `steps` on the threads of the
/// current arena. Fails with the error of the first step that failed, in their order; then no more
/// steps begin. Fails (kInterrupted) when the run was cancelled.
template <class Step>
[[nodiscard]] Result<void> in_parallel(std::size_t steps, Progress& progress, Step step) {
  std::vector<std::optional<Error>> errors(steps);
  std::atomic<bool> failed = false;
  tbb::parallel_for(std::size_t{0}, steps, [&](std::size_t i) {
    if (failed || progress.cancelled()) return;
    if (auto done = step(i); !done) {
      errors[i] = std::move(done.error());
      failed = true;
    }
  });
  if (progress.cancelled()) return interrupted();
  for (std::optional<Error>& error : errors) {
    if (error) return std::unexpected(std::move(*error));
  }
  return {};
}

}  // namespace ionloom::exec
