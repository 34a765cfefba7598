#pragma once

#include <cstdint>
#include <vector>

#include "exec/annotation_run.h"
#include "exec/list_tasks.h"
#include "imaging/pixel_grid.h"
#include "imzml/dataset.h"
#include "tasks/spectra_object.h"

namespace ionloom::exec {

// How annotate_by_tasks() cuts a run, and what that takes.

inline constexpr std::uint64_t kIonsPerTask = 2048;  ///< of a patterns task
/// Ions of an annotate task, halved until its memory is within task_bytes().
inline constexpr std::uint64_t kRowsPerTask = 1024;

/// Memory that one task of annotate or images should take at most: enough for one ion's peaks in
/// the blocks of all runs, and little beside all peaks.
[[nodiscard]] std::uint64_t task_bytes(std::uint64_t peaks, std::uint64_t pixels);

/// Peaks of one ingest task, unless one spectrum has more; small enough for as many tasks as the
/// settings cut into. The same for any number of threads, so that a later run finds the tasks of an
/// earlier one, and small enough for the threads to end together.
[[nodiscard]] std::uint64_t ingest_share_peaks(std::uint64_t declared_peaks,
                                               const AnnotationSettings& settings);

/// Spectra [first, last) of an ingest task.
struct SpectraRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// What annotate_by_tasks() cuts a dataset into.
[[nodiscard]] std::vector<SpectraRange> spectra_of_ingest_tasks(const tasks::SpectraTable& spectra,
                                                                std::uint64_t declared_peaks,
                                                                const AnnotationSettings& settings);

/// Bytes that annotate_by_tasks() needs at most beside the results of its stages.
struct TaskMemory {
  std::uint64_t always_bytes = 0;  ///< objects that stay
  // While the tasks of a stage run: they, and the objects that go when the stage is done.
  std::uint64_t ingest_bytes = 0;
  std::uint64_t ions_bytes = 0;
  std::uint64_t patterns_bytes = 0;
  std::uint64_t annotate_bytes = 0;
  std::uint64_t rank_bytes = 0;
  std::uint64_t images_bytes = 0;
};

/// How a runtime takes memory.
struct RuntimeMemory {
  bool has_instances = false;     ///< of a module, one a thread
  bool hands_over_images = true;  ///< see TaskRuntime
};

[[nodiscard]] TaskMemory task_memory(const imzml::Dataset& dataset, const imaging::GridSize& grid,
                                     const ListSizes& lists, const AnnotationSettings& settings,
                                     const RuntimeMemory& runtime);

/// Bytes that its runs take at most.
[[nodiscard]] std::uint64_t task_runs_bound_bytes(const imzml::Dataset& dataset,
                                                  const AnnotationSettings& settings);

/// Bytes that all its objects take at most, the runs among them.
[[nodiscard]] std::uint64_t task_objects_bound_bytes(const imzml::Dataset& dataset,
                                                     const ListSizes& lists,
                                                     const AnnotationSettings& settings);

/// Bytes of the largest object that one of its tasks makes.
[[nodiscard]] std::uint64_t largest_object_bound_bytes(const imzml::Dataset& dataset,
                                                       const AnnotationSettings& settings);

}  // namespace ionloom::exec
