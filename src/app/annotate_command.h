#pragma once

#include "app/annotate_options.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom annotate`: reads the dataset and the lists, says what it will do and how much memory it
/// may take, annotates, and writes the results folder. Nothing is left behind when it fails.
[[nodiscard]] Result<void> run_annotate(const AnnotateOptions& options);

}  // namespace ionloom::app
