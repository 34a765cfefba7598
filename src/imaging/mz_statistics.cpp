#include "imaging/mz_statistics.h"

#include <cmath>

namespace ionloom::imaging {

MzStatistics mz_statistics(PeakTable peaks, PeakRange range) {
  // Sums are taken relative to the first m/z, which leaves rounding errors far below 1e-12.
  const auto own = peaks.subspan(range.first, range.size());
  const double origin = static_cast<float>(own[0].mz);
  double weight = 0;
  double weighted = 0;
  for (const Peak& peak : own) {
    weight += static_cast<double>(peak.intensity);
    weighted += static_cast<double>(peak.intensity) * (static_cast<float>(peak.mz) - origin);
  }
  const double mean = weighted / weight;
  double squares = 0;
  for (const Peak& peak : own) {
    const double distance = (static_cast<float>(peak.mz) - origin) - mean;
    squares += static_cast<double>(peak.intensity) * (distance * distance);
  }
  return {origin + mean, std::sqrt(squares / weight)};
}

}  // namespace ionloom::imaging
