#include "plan/touched_share.h"

#include <cmath>

namespace ionloom::plan {
namespace {

constexpr double kPeaks_a_run = 2.4e6;  // as runs over emulated sites had

}  // namespace

double ingested_runs(double peaks) {
  return std::ceil(peaks / kPeaks_a_run) + 1;
}

double touched_share(double windows, double window_peaks, double peaks) {
  if (!(peaks > 0)) return 1;
  constexpr double kBlockPeaks = kRunBlockBytes / kRunPeakBytes;
  const double blocks = std::ceil(peaks / ingested_runs(peaks) / kBlockPeaks);
  return 1 - std::exp(-(windows / blocks + window_peaks / peaks));
}

}  // namespace ionloom::plan
