#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/task_bounds.h"
#include "imzml/dataset.h"
#include "stages/index.h"

namespace ionloom::exec {

/// What annotating a dataset takes, known from counts before it starts.
struct MemoryPlan {
  std::uint64_t bound_bytes = 0;     ///< memory that the process takes at most
  std::uint64_t capacity_peaks = 0;  ///< peaks in memory at once; the rest lies in runs on disk
  std::uint64_t disk_bytes = 0;      ///< that these runs take at most; 0 when all peaks fit
  std::uint64_t store_bytes = 0;     ///< that objects take in a store at most; 0 without one
};

/// Memory that a run needs beside what its stages hold.
struct OtherMemory {
  std::uint64_t always_bytes = 0;   ///< the program, the molecule lists, a store
  std::uint64_t writing_bytes = 0;  ///< while results are written, but for cutting images
  /// Of a run by tasks, which take the peaks in and leave them in runs.
  std::optional<TaskMemory> tasks;
};

/// Plans to keep all peaks in memory if that stays within the limit, else as many as do. The bound
/// is that of the stage that needs most: each begins with what the stages before it left
/// (release_freed_memory()).
/// Fails (kResource), naming the least limit that would do, when not even few peaks fit.
/// @param formulas  of all lists together
[[nodiscard]] Result<MemoryPlan> plan_memory(const imzml::Dataset& dataset,
                                             const stages::PixelIndex& pixels,
                                             const stages::FormulaSizes& formulas,
                                             const AnnotationSettings& settings,
                                             const OtherMemory& other, std::uint64_t limit_bytes);

}  // namespace ionloom::exec
