#include "simulate/background.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "chem/transcendental.h"
#include "simulate/dex.h"
#include "simulate/tissue.h"

namespace ionloom::simulate {
namespace {

constexpr double kFirstIsotopes = 0.3;    // of all peaks
constexpr double kSecondIsotopes = 0.12;  // of all peaks

/// Order of the peaks from strong to weak, blurred by chance.
std::vector<std::size_t> by_blurred_level(const std::vector<BackgroundPeak>& peaks, double blur_dex,
                                          RandomStream& random) {
  std::vector<double> key(peaks.size());
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = peaks[i].level_dex + blur_dex * random.normal();
  }
  std::vector<std::size_t> order(peaks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return key[a] != key[b] ? key[a] > key[b] : a < b;
  });
  return order;
}

double with_defect(double mz, double mean, double sd, RandomStream& random) {
  return std::floor(mz) * (1 + mean + sd * random.normal());
}

/// Turns the weakest peaks into 13C peaks of the strongest, which real background has as well; a
/// decoy that hits several of them looks like an ion.
void add_isotopes(std::vector<BackgroundPeak>& peaks, RandomStream& random) {
  std::sort(peaks.begin(), peaks.end(), [](const BackgroundPeak& a, const BackgroundPeak& b) {
    return a.level_dex != b.level_dex ? a.level_dex > b.level_dex : a.mz < b.mz;
  });
  const auto share = [&](double part) {
    return static_cast<std::size_t>(part * static_cast<double>(peaks.size()));
  };
  std::size_t next = peaks.size();
  const auto add = [&](const BackgroundPeak& parent, int neutrons, double ratio) {
    BackgroundPeak& isotope = peaks[--next];
    isotope.mz = parent.mz + 1.0033548 * neutrons;
    isotope.level_dex = std::max(0.02, parent.level_dex + to_dex(ratio));
    isotope.field = parent.field;
  };
  for (std::size_t i = 0; i < share(kFirstIsotopes); ++i) {
    // A carbon, 1.1 % of them heavy, for every 15 Da or so.
    const double ratio = peaks[i].mz / 1500 * random.uniform(0.8, 1.2);
    add(peaks[i], 1, ratio);
    if (i < share(kSecondIsotopes)) add(peaks[i], 2, ratio * ratio / 2);
  }
}

}  // namespace

double draw_background_mz(RandomStream& random) {
  const double which = random.uniform();
  if (which < 0.45) return with_defect(random.uniform(150, 650), 5e-4, 1e-4, random);
  if (which < 0.92) return with_defect(780 + 70 * random.normal(), 7e-4, 8e-5, random);
  return with_defect(random.uniform(900, 2600), 5e-4, 1e-4, random);
}

std::vector<BackgroundPeak> draw_background(std::size_t count, double scale_dex,
                                            RandomStream& random) {
  std::vector<BackgroundPeak> peaks(count);
  std::vector<double> ln_presence(count);
  std::vector<double> ln_reach(count);
  for (std::size_t i = 0; i < count; ++i) {
    BackgroundPeak& peak = peaks[i];
    peak.mz = draw_background_mz(random);
    peak.level_dex = scale_dex * (random.exponential() + random.exponential());
    peak.field = static_cast<std::uint8_t>(random.below(Tissue::kFields));
    // Beta(a, 1) is U^(1/a), so -ln of it is exponential.
    ln_presence[i] = -random.exponential() / kPresenceShape;
    ln_reach[i] = -random.exponential();
  }
  add_isotopes(peaks, random);
  // Real strong peaks are nearly always there: hand the common and wide-spread places to them,
  // which leaves both distributions as they are.
  std::sort(ln_presence.begin(), ln_presence.end(), std::greater<>());
  std::sort(ln_reach.begin(), ln_reach.end(), std::greater<>());
  const std::vector<std::size_t> common = by_blurred_level(peaks, scale_dex, random);
  const std::vector<std::size_t> wide = by_blurred_level(peaks, scale_dex, random);
  for (std::size_t i = 0; i < count; ++i) {
    peaks[common[i]].ln_presence = ln_presence[i];
    peaks[common[i]].presence = chem::exact_exp(ln_presence[i]);
    peaks[wide[i]].ln_reach = ln_reach[i];
  }
  std::sort(peaks.begin(), peaks.end(), [](const BackgroundPeak& a, const BackgroundPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.level_dex < b.level_dex;
  });
  return peaks;
}

}  // namespace ionloom::simulate
