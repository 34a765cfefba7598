#pragma once

#include <optional>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "stages/mass_bias.h"

namespace ionloom::exec {

/// Mass bias of a run's peaks around its target ions; nullopt when none can be told. Fails when
/// peaks cannot be read again.
[[nodiscard]] Result<std::optional<stages::MassBias>> measure_mass_bias(AnnotationRun& run);

}  // namespace ionloom::exec
