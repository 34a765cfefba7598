#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "simulate/background.h"
#include "simulate/instrument.h"
#include "simulate/planted_ions.h"
#include "simulate/tissue.h"

namespace ionloom::simulate {

/// Peaks of a pixel: log-normal with this median and spread (measured on FTICR centroid data; mean
/// 1,036), limited to multiples of the median.
inline constexpr double kMedianPeaks = 1000;
inline constexpr double kPeaksSdLn = 0.266;
inline constexpr double kFewestOfMedian = 0.2;
inline constexpr double kMostOfMedian = 10;
inline constexpr double kLocalTicSdLn = 0.1;  ///< between neighbouring pixels

/// Everything drawn once for a dataset; a spectrum follows from it and the pixel alone.
struct DatasetModel {
  std::uint64_t seed = 0;
  Instrument instrument;
  Tissue tissue;
  double median_peaks = kMedianPeaks;  ///< of a pixel
  std::vector<BackgroundPeak> background;
  PlantedIons planted;
  double once_share = 0.05;  ///< of a pixel's peaks that occur nowhere else, 0.03..0.1
  /// Peaks to generate for one that is left after merging, measured on a few spectra.
  double unmerged_per_peak = 1;
};

struct ModelOptions {
  std::uint64_t seed = 1;
  TissueOptions tissue;
  double median_peaks = kMedianPeaks;  ///< of a pixel; the background's m/z grow in proportion
  PlantingOptions planting;
  Instrument instrument;  ///< mass_bias_ppm is drawn, whatever it says here
};

/// Fails as plant_ions() does. Memory: the tissue's, nothing per peak or pixel x ion.
[[nodiscard]] Result<DatasetModel> make_model(const ModelOptions& options,
                                              const std::vector<std::string>& formulas,
                                              const PatternFunction& pattern);

struct SimulatedPeak {
  double mz = 0;
  double intensity = 0;
};

/// One spectrum, ascending in m/z, neighbours at least m / RP(m) apart. Storage is reused.
struct SimulatedSpectrum {
  std::vector<double> mz;
  std::vector<float> intensity;         ///< > 0
  std::vector<SimulatedPeak> unmerged;  ///< working storage
};

/// For each planted ion and isotopic peak, in how many pixels it was written (before merging).
using IonPixelCounts = std::vector<std::array<std::uint32_t, kIsotopePeaks>>;

/// Makes spectrum `index` (position in model.tissue.pixels) and adds to `counts`, which has one
/// entry an ion. Depends on the model and index only: any order, any thread.
void simulate_spectrum(const DatasetModel& model, std::size_t index, SimulatedSpectrum& spectrum,
                       IonPixelCounts& counts);

/// Merges peaks that the instrument cannot separate: intensities add up, the m/z is the
/// intensity-weighted mean. REQUIRES: ascending in m/z.
void merge_unresolved(std::vector<SimulatedPeak>& peaks, const Instrument& instrument);

}  // namespace ionloom::simulate
