#pragma once

#include <cstdint>

#include "chem/instrument.h"

namespace ionloom::simulate {

using chem::Analyzer;
enum class Polarity : std::uint8_t { kPositive, kNegative };

/// How an instrument distorts what is there.
struct Instrument {
  Analyzer analyzer = Analyzer::kFticr;
  double resolving_power_at_200 = 280000;
  double mass_bias_ppm = 0;         ///< of the whole dataset
  double pixel_drift_sd_ppm = 0.3;  ///< of one pixel
  double peak_jitter_sd_ppm = 0.5;  ///< of one peak
  double detection_floor = 0;       ///< lowest intensity of a background or first isotopic peak
  double background_scale_dex = 0;  ///< theta of the Gamma(2, theta) of log10(intensity / floor)
  bool integer_counts = false;      ///< intensities are whole numbers

  /// Peaks closer than mz / resolving_power(mz) are one peak.
  [[nodiscard]] double resolving_power(double mz) const {
    return chem::resolving_power_at(analyzer, resolving_power_at_200, mz);
  }
};

/// The measured properties of an analyser type, with its usual resolving power (FTICR 80,000 at
/// m/z 700, the dataset the statistics come from) and no bias.
[[nodiscard]] Instrument typical_instrument(Analyzer analyzer);

}  // namespace ionloom::simulate
