#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "imaging/peak_table.h"

namespace ionloom::stages {

/// How far from the ions' m/z a bias is looked for, to either side.
inline constexpr double kMassBiasReachPpm = 30;

struct MassBias {
  double ppm = 0;     ///< measured m/z - theoretical m/z, where peaks pile up most
  double excess = 0;  ///< height of that pile over the median, 1 = nothing to see
};

/// Measures a dataset's mass bias without knowing which ions are present: peaks of ions that are
/// there pile up at the bias around the first theoretical m/z of all target ions, peaks of anything
/// else spread evenly.
class MassBiasMeter {
 public:
  /// Looks around one ion's m/z.
  /// @param peaks  all within kMassBiasReachPpm of it, at least
  void add(imaging::PeakTable peaks, double mz);

  /// nullopt when no pile stands out.
  [[nodiscard]] std::optional<MassBias> bias() const;

 private:
  static constexpr double kBinPpm = 0.5;
  static constexpr std::size_t kBins = static_cast<std::size_t>(2 * kMassBiasReachPpm / kBinPpm);
  std::array<double, kBins> histogram_{};  ///< votes
  std::array<double, kBins> ppm_votes_{};  ///< sum of vote x ppm
};

}  // namespace ionloom::stages
