#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "simulate/instrument.h"
#include "simulate/ion_map.h"
#include "simulate/tissue.h"

namespace ionloom::simulate {

inline constexpr std::size_t kIsotopePeaks = 4;

/// Isotopic pattern of formula + adduct ("C6H12O6", "+H"): (m/z, intensity) of its most intense
/// peaks. Empty when the ion cannot exist. Must not throw.
using PatternFunction = std::function<std::vector<std::pair<double, double>>(
    const std::string& formula, const std::string& adduct)>;

/// An ion that is in the dataset.
struct PlantedIon {
  std::string formula;
  std::string adduct;
  IonMap map;
  /// Intensity of the strongest isotopic peak where the map is 1 and the TIC factor is 1.
  double abundance = 0;
  std::uint8_t peaks = 0;                      ///< isotopic peaks in the pattern, 1..4
  std::array<double, kIsotopePeaks> mz{};      ///< ascending
  std::array<double, kIsotopePeaks> ratio{};   ///< to the strongest, (0, 1]
  std::array<bool, kIsotopePeaks> detected{};  ///< false: everywhere under the detection floor
};

inline constexpr std::uint32_t kMostIonsByFraction = 1000;  ///< what a rich tissue yields

struct PlantingOptions {
  double planted_fraction = 0.4;        ///< of the list's formulas, up to kMostIonsByFraction ions
  std::optional<std::uint32_t> ions{};  ///< exact number of ions instead of the fraction
  std::vector<std::string> adducts{};   ///< at least one, most common first
};

/// The truth: all planted ions, and the floor each isotopic peak has to reach in a pixel.
struct PlantedIons {
  std::vector<PlantedIon> ions;
  double abundance_sd_dex = 0;
  std::array<double, kIsotopePeaks> floor{};
};

/// Shares of the ions whose isotopic peak 1..4 never reaches the detector (measured on 10 FTICR
/// datasets). The floors of peaks 2-4 are set so that these come out.
inline constexpr std::array<double, kIsotopePeaks> kUndetectedShare = {0.0, 0.06, 0.5, 0.6};

/// Draws formulas from the list and plants each with its commonest adduct and, with probability
/// 0.4 each, with the others; a formula that cannot carry an adduct goes without it.
/// Fails when fewer ions than asked for are possible, or none.
[[nodiscard]] Result<PlantedIons> plant_ions(const PlantingOptions& options,
                                             const std::vector<std::string>& formulas,
                                             const PatternFunction& pattern, const Tissue& tissue,
                                             const Instrument& instrument, std::uint64_t seed);

}  // namespace ionloom::simulate
