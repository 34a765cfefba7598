#include "simulate/planted_ions.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "simulate/dex.h"
#include "simulate/random_stream.h"

namespace ionloom::simulate {
namespace {

constexpr double kFurtherAdductProbability = 0.4;
constexpr double kMedianAbundanceDex = 1.0;  // above the detection floor

/// False when the ion cannot exist.
bool set_pattern(PlantedIon& ion, std::vector<std::pair<double, double>> pattern) {
  std::erase_if(pattern, [](const auto& peak) {
    return !(std::isfinite(peak.first) && peak.first > 0 && std::isfinite(peak.second) &&
             peak.second > 0);
  });
  if (pattern.empty()) return false;
  std::sort(pattern.begin(), pattern.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  const double strongest = pattern.front().second;
  if (pattern.size() > kIsotopePeaks) pattern.resize(kIsotopePeaks);
  std::sort(pattern.begin(), pattern.end());
  ion.peaks = static_cast<std::uint8_t>(pattern.size());
  for (std::size_t k = 0; k < pattern.size(); ++k) {
    ion.mz[k] = pattern[k].first;
    ion.ratio[k] = pattern[k].second / strongest;
  }
  return true;
}

void shuffle(std::vector<std::string>& values, RandomStream& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

/// Formula by formula until enough ions are chosen. With an exact number asked for, a second round
/// over the list takes the adducts that chance left out.
std::vector<PlantedIon> choose_ions(const PlantingOptions& options,
                                    std::vector<std::string> formulas,
                                    const PatternFunction& pattern, RandomStream& random) {
  shuffle(formulas, random);
  std::size_t use = formulas.size();
  if (!options.ions) {
    const double wanted = options.planted_fraction * static_cast<double>(formulas.size());
    use = std::clamp<std::size_t>(static_cast<std::size_t>(wanted + 0.5), 1, formulas.size());
  }
  std::vector<PlantedIon> chosen;
  std::vector<std::pair<std::size_t, std::size_t>> left_out;
  const std::size_t most = options.ions.value_or(kMostIonsByFraction);
  const auto enough = [&] { return chosen.size() >= most; };
  const auto plant = [&](std::size_t f, std::size_t a) {
    PlantedIon ion;
    ion.formula = formulas[f];
    ion.adduct = options.adducts[a];
    if (set_pattern(ion, pattern(ion.formula, ion.adduct))) chosen.push_back(std::move(ion));
  };
  for (std::size_t f = 0; f < use && !enough(); ++f) {
    for (std::size_t a = 0; a < options.adducts.size() && !enough(); ++a) {
      if (a == 0 || random.uniform() < kFurtherAdductProbability) {
        plant(f, a);
      } else {
        left_out.emplace_back(f, a);
      }
    }
  }
  if (options.ions) {
    for (const auto& [f, a] : left_out) {
      if (enough()) break;
      plant(f, a);
    }
  }
  return chosen;
}

/// The highest value of map x TIC over an even sample of the tissue.
double peak_level(const PlantedIon& ion, const Tissue& tissue) {
  const std::size_t step = std::max<std::size_t>(1, tissue.pixels.size() / 2000);
  double highest = 0;
  for (std::size_t i = 0; i < tissue.pixels.size(); i += step) {
    const std::uint32_t p = tissue.pixels[i];
    highest = std::max(highest, ion_map_value(ion.map, tissue, p) * tissue.tic[p]);
  }
  return highest;
}

/// Marks isotopic peak k of the weakest ions as undetected, and sets the floor of the others at the
/// weakest that is detected.
void set_floor(PlantedIons& planted, const std::vector<double>& level, std::size_t k,
               double first_floor) {
  std::vector<std::pair<double, std::size_t>> strength;
  for (std::size_t i = 0; i < planted.ions.size(); ++i) {
    const PlantedIon& ion = planted.ions[i];
    strength.emplace_back(k < ion.peaks ? ion.abundance * ion.ratio[k] * level[i] : 0.0, i);
  }
  std::sort(strength.begin(), strength.end());
  const auto count = static_cast<double>(strength.size());
  auto undetected = static_cast<std::size_t>(kUndetectedShare[k] * count + 0.5);
  while (undetected < strength.size() && strength[undetected].first <= 0) ++undetected;
  for (std::size_t i = undetected; i < strength.size(); ++i) {
    planted.ions[strength[i].second].detected[k] = true;
  }
  const bool any = undetected < strength.size();
  planted.floor[k] = k > 0 && any ? strength[undetected].first : first_floor;
}

}  // namespace

Result<PlantedIons> plant_ions(const PlantingOptions& options,
                               const std::vector<std::string>& formulas,
                               const PatternFunction& pattern, const Tissue& tissue,
                               const Instrument& instrument, std::uint64_t seed) {
  RandomStream random(seed, Purpose::kPlantedIons);
  PlantedIons planted;
  planted.abundance_sd_dex = random.uniform(0.45, 0.7);
  planted.ions = choose_ions(options, formulas, pattern, random);
  if (planted.ions.empty()) {
    return data_error({}, "no formula of the molecule list forms an ion with the given adducts");
  }
  if (options.ions && planted.ions.size() < *options.ions) {
    return usage_error(fmt::format(
        "{} ions were asked for, but the molecule list and adducts allow {} only; ask for fewer, "
        "add adducts or give a longer list",
        *options.ions, planted.ions.size()));
  }
  std::vector<double> level;
  for (std::size_t i = 0; i < planted.ions.size(); ++i) {
    PlantedIon& ion = planted.ions[i];
    RandomStream own(seed, Purpose::kIonMaps, i);
    ion.map = draw_ion_map(tissue, own);
    const double above_floor_dex = kMedianAbundanceDex + planted.abundance_sd_dex * own.normal();
    level.push_back(peak_level(ion, tissue));
    // An ion that reaches the detector nowhere would not be planted at all.
    const double reach = std::max(from_dex(above_floor_dex), 2 / std::max(level[i], 0.05));
    ion.abundance = instrument.detection_floor * reach;
  }
  for (std::size_t k = 0; k < kIsotopePeaks; ++k) {
    set_floor(planted, level, k, instrument.detection_floor);
  }
  return planted;
}

}  // namespace ionloom::simulate
