#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace ionloom::simulate {

enum class Analyzer : std::uint8_t { kOrbitrap, kFticr, kTof };
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

  /// Peaks closer than mz / resolving_power(mz) are one peak. The laws are METASPACE's.
  [[nodiscard]] double resolving_power(double mz) const {
    switch (analyzer) {
      case Analyzer::kOrbitrap:
        return resolving_power_at_200 * std::sqrt(200 / mz);
      case Analyzer::kFticr:
        return resolving_power_at_200 * (200 / mz);
      case Analyzer::kTof:
        return resolving_power_at_200;
    }
    return resolving_power_at_200;
  }
};

/// The measured properties of an analyser type, with its usual resolving power (FTICR 80,000 at
/// m/z 700, the dataset the statistics come from) and no bias.
[[nodiscard]] Instrument typical_instrument(Analyzer analyzer);

/// "orbitrap", "fticr", "tof".
[[nodiscard]] std::string_view analyzer_name(Analyzer analyzer);

}  // namespace ionloom::simulate
