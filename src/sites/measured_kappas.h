#pragma once

#include <span>
#include <string_view>

#include "plan/learned_models.h"
#include "plan/measurement.h"
#include "sites/device_record.h"

namespace ionloom::sites {

/// Kappas of a machine, for usual_job(), with one thread: in the median of the last measurements,
/// each against what its work took on the reference machine (its weight), or by the models would
/// take there, run in the same way where that was measured there. Measurements of tasks, which read
/// peaks from objects, count before those of threads. Absent for a stage that was not measured, or
/// took under 20 ms.
[[nodiscard]] Kappas measured_kappas(const plan::LearnedModels& models,
                                     std::span<const plan::Measurement> measurements,
                                     std::string_view machine, Runtime runtime);

}  // namespace ionloom::sites
