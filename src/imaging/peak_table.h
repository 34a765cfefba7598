#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace ionloom::imaging {

/// All peaks of a dataset (or of a window of it) as columns, in order of (m/z, spectrum in the
/// file, position in the spectrum). Somebody else owns the columns.
struct PeakTable {
  std::span<const double> mz;            ///< never falls
  std::span<const float> intensity;      ///< >= 0
  std::span<const std::uint32_t> pixel;  ///< number in PixelGrid::positions

  [[nodiscard]] std::size_t size() const { return mz.size(); }
};

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

/// Positions [first, second) of the peaks inside the window.
[[nodiscard]] std::pair<std::size_t, std::size_t> peaks_in_window(const PeakTable& peaks,
                                                                  const MzWindow& window);

}  // namespace ionloom::imaging
