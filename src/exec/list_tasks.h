#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/progress.h"
#include "exec/run_objects.h"
#include "exec/task_runtime.h"
#include "tasks/new_task.h"

namespace ionloom::exec {

// The two stages that see whole molecule lists, as tasks: one enumerates the ions of all lists, one
// a list ranks them. A task whose lists are too large for the runtime's memory is done natively.

/// The objects of a run's ions.
struct IonObjects {
  tasks::StoredIonSet ions;
  std::vector<tasks::SizedObject> decoys;  ///< decoy maps, one a list
};

/// Makes the ions of all lists: run.ions and their objects. Fails as stages::enumerate_ions().
[[nodiscard]] Result<IonObjects> make_ions(std::span<const ListInput> lists,
                                           const AnnotationSettings& settings, TaskRuntime& runtime,
                                           RunObjects& objects, Progress& progress,
                                           AnnotationRun& run);

/// Ranks the measured ions of every list: run.ranked and, if asked for, run.ranked_decoys.
/// @param metrics  objects of all annotate tasks
[[nodiscard]] Result<void> rank_by_tasks(const IonObjects& ions,
                                         std::span<const tasks::SizedObject> metrics,
                                         const AnnotationSettings& settings, TaskRuntime& runtime,
                                         RunObjects& objects, Progress& progress,
                                         AnnotationRun& run);

/// What the lists of a run hold together.
struct ListSizes {
  stages::FormulaSizes formulas;
  std::uint64_t ions = 0;  ///< at most
  std::uint64_t lists = 1;
};

/// Bytes of the objects of ions and rank, at most.
struct ListObjects {
  std::uint64_t ions_bytes = 0;  ///< formulas and the ion set
  std::uint64_t maps_bytes = 0;  ///< decoy maps and the model
  std::uint64_t rank_bytes = 0;  ///< rankings

  [[nodiscard]] std::uint64_t all_bytes() const { return ions_bytes + maps_bytes + rank_bytes; }
};
[[nodiscard]] ListObjects list_objects_bound(const ListSizes& lists,
                                             const AnnotationSettings& settings);

/// Bytes that the tasks of ions and rank take at most.
struct ListTaskMemory {
  std::uint64_t ions_bytes = 0;
  std::uint64_t rank_bytes = 0;
};
[[nodiscard]] ListTaskMemory list_task_memory(const ListSizes& lists,
                                              const AnnotationSettings& settings);

}  // namespace ionloom::exec
