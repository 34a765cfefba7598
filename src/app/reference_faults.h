#pragma once

#include "app/run_settings.h"
#include "base/warnings.h"
#include "stages/index.h"

namespace ionloom::app {

/// Warns of what METASPACE's own arithmetic gets wrong for a dataset of this size or a model, and
/// of what
/// --fixes would do about it. Source: the specification's section 10.
void warn_of_reference_faults(const stages::PixelIndex& pixels, const RunSettings& settings,
                              Warnings& warnings);

}  // namespace ionloom::app
