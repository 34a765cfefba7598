#pragma once

#include "app/annotate_options.h"
#include "base/error.h"

namespace ionloom::app {

/// Refuses numbers that no dataset could make right, before anything is read. Names the option, the
/// number and its range.
[[nodiscard]] Result<void> check_ranges(const AnnotateOptions& options);

}  // namespace ionloom::app
