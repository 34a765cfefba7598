#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/progress.h"
#include "exec/task_runtime.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// Pixels of a dataset by an index task. Fails as annotate_by_tasks() for compressed datasets.
[[nodiscard]] Result<stages::PixelIndex> index_by_task(const imzml::Dataset& dataset,
                                                       TaskRuntime& runtime, Progress& progress);

/// annotate() of annotation_run.h cut into tasks (docs/formats/task.md), each of which a runtime
/// does on one of `settings.threads` threads: the same results, bit for bit. Peaks go to runs on
/// disk, in settings.peaks.runs_folder, and only the blocks that a task needs come back. Ions are
/// enumerated and ranked by this program. Fails as annotate() does, and for compressed datasets,
/// which tasks do not read.
[[nodiscard]] Result<AnnotationRun> annotate_by_tasks(const imzml::Dataset& dataset,
                                                      stages::PixelIndex pixels,
                                                      std::span<const ListInput> lists,
                                                      const AnnotationSettings& settings,
                                                      TaskRuntime& runtime, Progress& progress);

/// Bytes that annotate_by_tasks() needs at most beyond what annotate() does.
/// @param ions  of all lists
[[nodiscard]] std::uint64_t task_memory_bound_bytes(const imzml::Dataset& dataset,
                                                    const imaging::GridSize& grid,
                                                    std::uint64_t ions,
                                                    const AnnotationSettings& settings);

/// Bytes on disk that its runs take at most.
[[nodiscard]] std::uint64_t task_disk_bound_bytes(const imzml::Dataset& dataset,
                                                  const AnnotationSettings& settings);

}  // namespace ionloom::exec
