#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "imaging/ion_metrics.h"
#include "tasks/column.h"
#include "tasks/ion_rows.h"
#include "tasks/run_blocks.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

struct ReadImageInputs {
  imaging::PixelGrid grid;
  IonRows ions;
  std::vector<imaging::Peak> peaks;
};

/// What annotate and images have in common: which ions, which peaks, which pixels.
struct ImageInputs {
  imaging::MetricSettings settings;
  double first_mz = 0;  ///< of all peaks of the dataset
  double last_mz = 0;
  imaging::GridSize grid;
  std::uint32_t positions = 0;  ///< input
  IonRowInputs ions;
  RunBlocks blocks;

  [[nodiscard]] static ImageInputs take(TaskReader& reader, const Task& task);

  [[nodiscard]] Result<ReadImageInputs> read(const RunningTask& running) const;

  /// Bytes of the grid, the ions and the peaks.
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;

 private:
  [[nodiscard]] Result<imaging::PixelGrid> read_grid(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
