#pragma once

#include <vector>

#include "app/run_settings.h"
#include "exec/annotation_run.h"
#include "report/annotation.h"

namespace ionloom::app {

/// Prints the table of annotations at each FDR level, one line a list, then the best annotations.
/// @param rows  in the order of the results
void print_summary(const exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
                   const std::vector<report::Annotation>& rows, const RunSettings& settings);

}  // namespace ionloom::app
