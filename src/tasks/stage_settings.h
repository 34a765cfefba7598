#pragma once

#include "chem/fine_structure.h"
#include "stages/ions.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

/// Parameter `analysis_version`.
[[nodiscard]] chem::AnalysisVersion take_analysis_version(TaskReader& reader);

/// Parameters `analysis_version`, `adduct`, `neutral_loss`, `chem_mod` and `decoys`.
[[nodiscard]] stages::IonSettings take_ion_settings(TaskReader& reader);

}  // namespace ionloom::tasks
