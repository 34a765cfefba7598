#pragma once

#include "base/error.h"
#include "imzml/dataset.h"
#include "tasks/spectra_object.h"

namespace ionloom::exec {

/// What ingest tasks need to know of a dataset's spectra. Fails for compressed arrays, which tasks
/// do not read.
[[nodiscard]] Result<tasks::SpectraTable> spectra_table(const imzml::Dataset& dataset);

}  // namespace ionloom::exec
