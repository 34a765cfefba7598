#include "app/reference_faults.h"

#include <cstdint>

#include <fmt/core.h>

#include "app/joined.h"
#include "app/progress_line.h"

namespace ionloom::app {
namespace {

/// Images from this size on lose their chaos when they stay in one piece.
constexpr std::uint32_t kChaosFaultPixels = 99'901;
/// From here to the last, the single-precision spatial metric is off by up to 1e-4.
constexpr std::uint32_t kSpatialFaultPixels = 5'000;
constexpr std::uint32_t kLastSpatialFaultPixels = 65'535;

}  // namespace

void warn_of_reference_faults(const stages::PixelIndex& pixels, const RunSettings& settings,
                              Warnings& warnings) {
  if (settings.annotation.metrics.chaos == imaging::ChaosRule::kFixed) return;
  if (settings.scoring_model != nullptr) {
    const auto blind = settings.scoring_model->model.blind_features();
    if (!blind.empty()) {
      warnings.add(
          "blind features",
          fmt::format("the scoring model was trained on 1 - |error| as {}; METASPACE gives "
                      "it -|error|, below all it knows, so that mass errors have no say, "
                      "and so does this run; --fixes gives it what it was trained on",
                      joined(blind, " and ")));
    }
  }
  const std::uint32_t count = pixels.grid.pixel_count();
  if (count >= kChaosFaultPixels) {
    warnings.add(
        "chaos fault",
        fmt::format("images of {} pixels or more that stay in one piece get chaos 0 and are "
                    "lost, as in METASPACE; --fixes keeps them",
                    with_separators(kChaosFaultPixels)));
  }
  if (settings.annotation.ions.version == chem::AnalysisVersion::kV3 &&
      count >= kSpatialFaultPixels && count <= kLastSpatialFaultPixels) {
    warnings.add(
        "spatial fault",
        "with this many pixels METASPACE's single-precision spatial metric is off by up to "
        "1e-4, and so is this run; --fixes computes it in double precision");
  }
}

}  // namespace ionloom::app
