#include "imaging/peak_table.h"

#include <algorithm>

namespace ionloom::imaging {

std::pair<std::size_t, std::size_t> peaks_in_window(PeakTable peaks, const MzWindow& window) {
  const auto first = std::ranges::lower_bound(peaks, window.lower, {}, &Peak::mz);
  // Windows are narrow: gallop from the lower bound instead of searching the whole table again.
  std::ptrdiff_t step = 16;
  auto low = first;
  while (peaks.end() - low > step && low[step].mz <= window.upper) {
    low += step;
    step *= 2;
  }
  const auto high = peaks.end() - low > step ? low + step : peaks.end();
  const auto last =
      std::ranges::upper_bound(std::ranges::subrange(low, high), window.upper, {}, &Peak::mz);
  return {static_cast<std::size_t>(first - peaks.begin()),
          static_cast<std::size_t>(last - peaks.begin())};
}

}  // namespace ionloom::imaging
