#pragma once

#include <vector>

#include "app/annotation_rows.h"
#include "app/run_settings.h"
#include "exec/annotation_run.h"

namespace ionloom::app {

/// Prints the table of annotations at each FDR level, one line a list, then the best annotations.
/// Without any, tells how far the best ion was and what the mass bias is; fails when the peaks
/// cannot be read for that.
/// @param rows  in the order of the results
[[nodiscard]] Result<void> print_summary(exec::AnnotationRun& run,
                                         const std::vector<chem::MoleculeList>& lists,
                                         const ResultRows& rows, const RunSettings& settings);

}  // namespace ionloom::app
