#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "stages/ions.h"
#include "tasks/column.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Makes the ions of a run from its molecule lists (docs/formats/task.md).
struct IonsTask {
  struct List {
    std::uint32_t formulas = 0;  ///< input
    std::uint32_t decoys = 0;    ///< output
    bool targeted = false;
  };

  stages::IonSettings settings;
  std::uint64_t formulas = 0;    ///< of all lists, as expected
  std::uint64_t text_bytes = 0;  ///< of all lists
  std::vector<List> lists;
  std::uint32_t ions = 0;  ///< output

  [[nodiscard]] static Result<IonsTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
