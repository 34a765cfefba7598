#pragma once

#include <vector>

#include "app/annotate_options.h"
#include "base/error.h"
#include "base/warnings.h"
#include "imzml/dataset.h"
#include "report/run_record.h"

namespace ionloom::app {

/// Sizes and SHA-256 of all inputs. The .ibd is read for it anyway, so its stated checksum is
/// compared in the same pass; a difference goes to `warnings`. Fails when a file cannot be read any
/// more, or when the run is stopped.
[[nodiscard]] Result<std::vector<report::InputFile>> describe_inputs(const AnnotateOptions& options,
                                                                     const imzml::Dataset& dataset,
                                                                     Warnings& warnings);

}  // namespace ionloom::app
