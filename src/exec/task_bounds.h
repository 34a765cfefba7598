#pragma once

#include <cstdint>

#include "exec/annotation_run.h"
#include "exec/list_tasks.h"
#include "imaging/pixel_grid.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

// How annotate_by_tasks() cuts a run, and what that takes.

inline constexpr std::uint64_t kIonsPerTask = 2048;  ///< of a patterns task
/// Ions of an annotate task, halved until its memory is within what a task should take.
inline constexpr std::uint64_t kRowsPerTask = 1024;
inline constexpr std::uint64_t kTaskBytes = std::uint64_t{256} << 20;

/// Peaks of one ingest task, unless one spectrum has more; small enough for as many tasks as the
/// settings cut into. The same for any number of threads, so that a later run finds the tasks of an
/// earlier one, and small enough for the threads to end together.
[[nodiscard]] std::uint64_t ingest_share_peaks(std::uint64_t declared_peaks,
                                               const AnnotationSettings& settings);

/// Bytes that annotate_by_tasks() needs at most beyond what annotate() does.
[[nodiscard]] std::uint64_t task_memory_bound_bytes(const imzml::Dataset& dataset,
                                                    const imaging::GridSize& grid,
                                                    const ListSizes& lists,
                                                    const AnnotationSettings& settings);

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
