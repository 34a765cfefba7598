#pragma once

#include "imzml/dataset.h"
#include "tasks/spectra_object.h"

namespace ionloom::exec {

/// What ingest tasks need to know of a dataset's spectra.
[[nodiscard]] tasks::SpectraTable spectra_table(const imzml::Dataset& dataset);

}  // namespace ionloom::exec
