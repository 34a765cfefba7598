#include "imaging/peak_table.h"

#include <algorithm>

namespace ionloom::imaging {

std::pair<std::size_t, std::size_t> peaks_in_window(const PeakTable& peaks,
                                                    const MzWindow& window) {
  const auto begin = peaks.mz.begin();
  const auto first = std::lower_bound(begin, peaks.mz.end(), window.lower);
  // Windows are narrow: gallop from the lower bound instead of searching the whole table again.
  std::size_t step = 16;
  auto low = first;
  while (peaks.mz.end() - low > static_cast<std::ptrdiff_t>(step) && low[step] <= window.upper) {
    low += static_cast<std::ptrdiff_t>(step);
    step *= 2;
  }
  const auto high =
      peaks.mz.end() - low > static_cast<std::ptrdiff_t>(step) ? low + step : peaks.mz.end();
  const auto last = std::upper_bound(low, high, window.upper);
  return {static_cast<std::size_t>(first - begin), static_cast<std::size_t>(last - begin)};
}

}  // namespace ionloom::imaging
