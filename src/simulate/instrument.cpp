#include "simulate/instrument.h"

namespace ionloom::simulate {

Instrument typical_instrument(Analyzer analyzer) {
  // Intensities: log10 quantiles 1, 25, 50, 75, 95, 99 % of a MALDI-FTICR dataset
  // (5.83, 6.12, 6.34, 6.67, 7.30, 7.93) are those of 5.8 + Gamma(2, 0.32) within 0.05; of a
  // timsTOF dataset (counts with a floor of 16) of log10(16) + Gamma(2, 0.265) within 0.1. Strong
  // peaks are written more often than weak ones, so the background is drawn with a smaller scale
  // for what is written to come out.
  Instrument instrument;
  instrument.analyzer = analyzer;
  instrument.detection_floor = 630957.0;  // 10^5.8
  instrument.background_scale_dex = 0.23;
  switch (analyzer) {
    case Analyzer::kFticr:
      instrument.resolving_power_at_200 = 280000;
      instrument.peak_jitter_sd_ppm = 0.5;
      break;
    case Analyzer::kOrbitrap:
      instrument.resolving_power_at_200 = 140000;
      instrument.peak_jitter_sd_ppm = 1.5;
      break;
    case Analyzer::kTof:
      instrument.resolving_power_at_200 = 30000;
      instrument.peak_jitter_sd_ppm = 7;
      instrument.detection_floor = 16;
      instrument.background_scale_dex = 0.19;
      instrument.integer_counts = true;
      break;
  }
  return instrument;
}

}  // namespace ionloom::simulate
