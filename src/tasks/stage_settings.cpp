#include "tasks/stage_settings.h"

#include <cstdint>

namespace ionloom::tasks {

chem::AnalysisVersion take_analysis_version(TaskReader& reader) {
  return reader.choice<chem::AnalysisVersion>(
      "analysis_version", {{"3", chem::AnalysisVersion::kV3}, {"1", chem::AnalysisVersion::kV1}});
}

stages::IonSettings take_ion_settings(TaskReader& reader) {
  stages::IonSettings settings;
  settings.version = take_analysis_version(reader);
  settings.adducts = reader.texts("adduct");
  settings.neutral_losses = reader.texts("neutral_loss");
  settings.chem_mods = reader.texts("chem_mod");
  settings.decoy_sample_size = static_cast<std::uint32_t>(reader.whole("decoys", 1, UINT32_MAX));
  if (settings.adducts.empty()) reader.fail_with("there is no parameter adduct");
  return settings;
}

}  // namespace ionloom::tasks
