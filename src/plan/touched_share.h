#pragma once

namespace ionloom::plan {

/// Bytes of a peak in a run, and of the block that is read of it at least.
inline constexpr double kRunPeakBytes = 16;
inline constexpr double kRunBlockBytes = 65'536;
/// Windows of an ion, one an isotope peak.
inline constexpr double kWindows = 4;

/// Into how many runs peaks are ingested.
[[nodiscard]] double ingested_runs(double peaks);

/// Which part of the blocks of all runs windows touch: each falls into one of every run, at random,
/// and into as many more as its peaks fill.
[[nodiscard]] double touched_share(double windows, double window_peaks, double peaks);

}  // namespace ionloom::plan
