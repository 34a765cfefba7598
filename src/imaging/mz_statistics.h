#pragma once

#include "imaging/peak_table.h"

namespace ionloom::imaging {

/// What an image's peaks say about their m/z, each weighted with its intensity.
struct MzStatistics {
  double mean = 0;
  double stddev = 0;
};

/// Mean and standard deviation of the m/z of the range's peaks, which the reference rounds to f32.
/// REQUIRES: the range is not empty.
/// Source: METASPACE engine, metrics.py; equal within 1e-12 to its 80-bit sums.
[[nodiscard]] MzStatistics mz_statistics(PeakTable peaks, PeakRange range);

}  // namespace ionloom::imaging
