#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "imaging/peak_table.h"
#include "tasks/column.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

/// Parts of runs that a task was given, as one table of peaks.
struct RunBlocks {
  std::vector<std::uint32_t> peaks;  ///< inputs: whole blocks of a run, from one on
  std::vector<std::uint32_t> index;  ///< inputs: their entries of the run's index
  std::uint64_t peak_count = 0;
  std::uint64_t runs = 0;  ///< distinct ones

  /// Takes the inputs `peaks` and `index`.
  [[nodiscard]] static RunBlocks take(TaskReader& reader, const Task& task);

  /// Bytes that read() and the table need at most.
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;

  /// All their peaks in order of (m/z, spectrum, position). Fails when a block differs from its
  /// checksum, or holds a pixel that the dataset does not have.
  [[nodiscard]] Result<std::vector<imaging::Peak>> read(const RunningTask& running,
                                                        std::uint64_t pixels) const;
};

}  // namespace ionloom::tasks
