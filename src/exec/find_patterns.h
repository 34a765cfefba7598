#pragma once

#include <functional>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/progress.h"

namespace ionloom::exec {

/// Fills run.patterns, from the cache if it has them; otherwise compute() does, and the cache gets
/// them. Fails when compute() does.
[[nodiscard]] Result<void> find_patterns(const AnnotationSettings& settings, AnnotationRun& run,
                                         Progress& progress,
                                         const std::function<Result<void>()>& compute);

}  // namespace ionloom::exec
