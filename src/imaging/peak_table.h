#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ionloom::imaging {

struct Peak {
  double mz = 0;            ///< as in the file; f32 values are exact
  float intensity = 0;      ///< >= 0, detector units
  std::uint32_t pixel = 0;  ///< number in PixelGrid::positions
};
static_assert(sizeof(Peak) == 16);

/// All peaks of a dataset (or of a range of m/z of it) in order of (m/z, spectrum in the file,
/// position in the spectrum). Somebody else owns them.
using PeakTable = std::span<const Peak>;

/// m/z bounds of an isotope peak's window, both inclusive.
struct MzWindow {
  double lower = 0;
  double upper = 0;
};

/// mz +- ppm. Source: METASPACE engine, annotate.py (both versions, all analysers).
[[nodiscard]] inline MzWindow mz_window(double mz, double tolerance_ppm) {
  const double half = (mz * tolerance_ppm) * 1e-6;
  return {mz - half, mz + half};
}

/// Positions [first, last) in a peak table.
struct PeakRange {
  std::size_t first = 0;
  std::size_t last = 0;

  [[nodiscard]] std::size_t size() const { return last - first; }
};

/// The peaks inside the window.
[[nodiscard]] PeakRange peaks_in_window(PeakTable peaks, const MzWindow& window);

/// The same, searched from position `near` outwards: any is right, one close to the result is fast.
[[nodiscard]] PeakRange peaks_in_window(PeakTable peaks, const MzWindow& window, std::size_t near);

}  // namespace ionloom::imaging
