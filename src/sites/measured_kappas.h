#pragma once

#include <span>
#include <string_view>

#include "plan/learned_models.h"
#include "plan/measurement.h"
#include "sites/device_record.h"

namespace ionloom::sites {

/// What kappas are multiples of: a stage's tasks, as runs over sites have them, on one thread of
/// the machine of ionloom's defaults, in the compiled module; its threads where no tasks were
/// measured.
/// @param model  of the stage; nullptr: none is known
[[nodiscard]] plan::Device reference_of_tasks(const plan::StageModel* model);

/// How much longer than there the stages took with one thread on a machine, in the median of the
/// last measurements: each against what the models say that its work takes there, which is also its
/// weight. Measurements of tasks, which read peaks from objects, count before those of threads.
/// Absent for a stage that was not measured, or took under 20 ms.
[[nodiscard]] Kappas measured_kappas(const plan::LearnedModels& models,
                                     std::span<const plan::Measurement> measurements,
                                     std::string_view machine, Runtime runtime);

}  // namespace ionloom::sites
