#pragma once

#include <vector>

#include "base/error.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "imzml/dataset.h"
#include "plan/work_counts.h"
#include "stages/index.h"
#include "tasks/object_layout.h"

namespace ionloom::app {

/// Counts a job's work before any stage of it runs, in a few milliseconds. Spectra, peaks, pixels
/// and formulas are those of the files. Ions, peaks in their windows and ions that give images are
/// estimates from a sample: about 64 spectra from all over the dataset against about 64 formulas
/// from all over the lists. Deterministic. Fails when a spectrum cannot be read.
[[nodiscard]] Result<plan::JobCounts> survey_job(const imzml::Dataset& dataset,
                                                 const stages::PixelIndex& pixels,
                                                 const std::vector<chem::MoleculeList>& lists,
                                                 const exec::AnnotationSettings& settings);

/// Ranges of the .ibd that it reads.
[[nodiscard]] std::vector<tasks::ByteRange> surveyed_ranges(const imzml::Dataset& dataset);

}  // namespace ionloom::app
