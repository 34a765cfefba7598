#pragma once

#include <cstddef>
#include <vector>

#include "app/run_settings.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "imzml/dataset.h"
#include "report/run_record.h"

namespace ionloom::app {

/// The numbers of a finished run, for run.json.
/// @param rows  annotations written
[[nodiscard]] report::RunCounts counts_of(const exec::AnnotationRun& run,
                                          const imzml::Dataset& dataset,
                                          const std::vector<chem::MoleculeList>& lists,
                                          const RunSettings& settings, std::size_t rows);

}  // namespace ionloom::app
