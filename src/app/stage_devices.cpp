#include "app/stage_devices.h"

#include <fmt/core.h>

namespace ionloom::app {
namespace {

constexpr std::uint32_t kUsualIsotopePeaks = 4;

/// The settings that the stage is sensitive to, when they are not the usual ones.
std::string variant(plan::Stage stage, const RunSettings& settings, bool on_disk) {
  using plan::Stage;
  const exec::AnnotationSettings& annotation = settings.annotation;
  const bool is_v1 = annotation.ions.version == chem::AnalysisVersion::kV1;
  const std::uint32_t isotope_peaks = annotation.pattern.max_peaks;
  const bool uses_peaks =
      stage == Stage::kIngest || stage == Stage::kAnnotate || stage == Stage::kImages;
  const bool uses_patterns =
      stage == Stage::kPatterns || stage == Stage::kAnnotate || stage == Stage::kImages;
  std::string text;
  if (is_v1 && (stage == Stage::kPatterns || stage == Stage::kAnnotate)) text += "-v1";
  if (uses_patterns && isotope_peaks != kUsualIsotopePeaks) {
    text += fmt::format("-{}peaks", isotope_peaks);
  }
  if (annotation.all_metrics && stage == Stage::kAnnotate) text += "-all";
  if (settings.scoring_model != nullptr && stage == Stage::kRank) text += "-model";
  if (stage == Stage::kImages && settings.images == ImageFormat::kNpy) text += "-npy";
  if (stage == Stage::kImages && settings.images == ImageFormat::kNone) text += "-none";
  if (stage == Stage::kImages && settings.all_ions) text += "-ions";
  if (uses_peaks && on_disk) text += "-disk";
  return text;
}

}  // namespace

plan::Device stage_device(plan::Stage stage, const RunSettings& settings,
                          const std::string& runtime, bool on_disk, const std::string& machine) {
  return {.machine = machine,
          .runtime = runtime + variant(stage, settings, on_disk),
          .threads = settings.annotation.threads};
}

}  // namespace ionloom::app
