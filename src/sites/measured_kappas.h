#pragma once

#include <optional>
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
/// took under 20 ms in all of them together. What takes little longer counts as far as it goes, and
/// for the rest a stage is as much slower as the others are. Of processors that are not shared: the
/// calmest measurements count, and times are multiplied with their pace, or measured_pace() where
/// they have none.
[[nodiscard]] Kappas measured_kappas(const plan::LearnedModels& models,
                                     std::span<const plan::Measurement> measurements,
                                     std::string_view machine, Runtime runtime);

/// The mean pace of the last measurements of a machine that have one, by their time; absent when
/// none has. So much longer than its kappas say do stages take there.
[[nodiscard]] std::optional<double> measured_pace(std::span<const plan::Measurement> measurements,
                                                  std::string_view machine);

}  // namespace ionloom::sites
