#pragma once

#include <cstdint>

#include "base/error.h"
#include "chem/isotopic_pattern.h"
#include "tasks/column.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Computes the isotopic patterns of consecutive ions of an ion set (docs/formats/task.md).
struct PatternsTask {
  chem::PatternSettings settings;
  std::uint64_t first_ion = 0;
  std::uint64_t ions = 0;
  std::uint64_t characters_bytes = 0;
  // Inputs and output.
  std::uint32_t begins = 0;
  std::uint32_t characters = 0;
  std::uint32_t flags = 0;
  std::uint32_t table = 0;

  [[nodiscard]] static Result<PatternsTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
