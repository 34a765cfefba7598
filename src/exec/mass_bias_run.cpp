#include "exec/mass_bias_run.h"

#include <algorithm>
#include <vector>

namespace ionloom::exec {

Result<std::optional<stages::MassBias>> measure_mass_bias(AnnotationRun& run) {
  std::vector<double> mz;
  for (std::size_t ion = 0; ion < run.ions.ions.size(); ++ion) {
    if (run.ions.is_target[ion] == 0 || !run.patterns.has_pattern(ion)) continue;
    mz.push_back(run.patterns.of(ion).mz[0]);
  }
  std::ranges::sort(mz);
  stages::MassBiasMeter meter;
  auto visited = run.peaks.visit(
      mz.size(),
      [&](std::size_t i, std::vector<imaging::MzWindow>& windows) {
        windows.push_back(imaging::mz_window(mz[i], stages::kMassBiasReachPpm));
      },
      [&](imaging::PeakTable peaks, std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) meter.add(peaks, mz[i]);
        return {};
      });
  if (!visited) return std::unexpected(visited.error());
  return meter.bias();
}

}  // namespace ionloom::exec
