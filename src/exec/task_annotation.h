#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/progress.h"
#include "exec/run_objects.h"
#include "exec/task_runtime.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// Pixels of a dataset by an index task, among the objects from then on.
[[nodiscard]] Result<stages::PixelIndex> index_by_task(const imzml::Dataset& dataset,
                                                       TaskRuntime& runtime, RunObjects& objects,
                                                       Progress& progress);

/// annotate() of annotation_run.h cut into tasks (docs/formats/task.md), each of which a runtime
/// does on one of `settings.threads` threads: the same results, bit for bit. Peaks go to runs among
/// the objects, and only the blocks that a task needs come back. Fails as annotate() does, and
/// when an object cannot be put or read.
/// @param pixels   of index_by_task(), with the same objects
/// @param objects  must outlive what is returned, whose peaks lie there
[[nodiscard]] Result<AnnotationRun> annotate_by_tasks(const imzml::Dataset& dataset,
                                                      stages::PixelIndex pixels,
                                                      std::span<const ListInput> lists,
                                                      const AnnotationSettings& settings,
                                                      TaskRuntime& runtime, RunObjects& objects,
                                                      Progress& progress);

}  // namespace ionloom::exec
