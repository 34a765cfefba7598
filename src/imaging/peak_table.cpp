#include "imaging/peak_table.h"

#include <algorithm>

namespace ionloom::imaging {
namespace {

/// First position in [low, low + size) for which `before` is false, low + size if none. Without a
/// branch on the outcome, which no processor could guess.
template <class Before>
std::size_t partition_point(PeakTable peaks, std::size_t low, std::size_t size, Before before) {
  while (size > 0) {
    const std::size_t half = size / 2;
    const bool right = before(peaks[low + half].mz);
    low = right ? low + half + 1 : low;
    size = right ? size - half - 1 : half;
  }
  return low;
}

/// First position at or after `from` for which `before` is false, searched in growing steps.
/// REQUIRES: `before` holds for all positions in front of `from`.
template <class Before>
std::size_t gallop_forward(PeakTable peaks, std::size_t from, std::size_t step, Before before) {
  while (from + step < peaks.size() && before(peaks[from + step].mz)) {
    from += step + 1;
    step *= 2;
  }
  return partition_point(peaks, from, std::min(step, peaks.size() - from), before);
}

constexpr std::size_t kWindowStep = 16;  ///< windows are narrow
constexpr std::size_t kNearStep = 64;    ///< windows one after the other lie near each other

}  // namespace

PeakRange peaks_in_window(PeakTable peaks, const MzWindow& window, std::size_t near) {
  const auto below = [&](double mz) { return mz < window.lower; };
  std::size_t first = std::min(near, peaks.size());
  std::size_t step = kNearStep;
  if (first < peaks.size() && below(peaks[first].mz)) {
    first = gallop_forward(peaks, first + 1, step, below);
  } else {
    std::size_t end = first;  // not below from here on
    while (end > step && !below(peaks[end - step].mz)) {
      end -= step;
      step *= 2;
    }
    const std::size_t low = end > step ? end - step : 0;
    first = partition_point(peaks, low, end - low, below);
  }
  return {first,
          gallop_forward(peaks, first, kWindowStep, [&](double mz) { return mz <= window.upper; })};
}

PeakRange peaks_in_window(PeakTable peaks, const MzWindow& window) {
  return peaks_in_window(peaks, window, peaks.size() / 2);
}

}  // namespace ionloom::imaging
