#include "simulate/background.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "simulate/elementary_functions.h"
#include "simulate/tissue.h"

namespace ionloom::simulate {
namespace {

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
/// decoy that hits both looks like an ion.
void add_isotopes(std::vector<BackgroundPeak>& peaks, RandomStream& random) {
  std::sort(peaks.begin(), peaks.end(), [](const BackgroundPeak& a, const BackgroundPeak& b) {
    return a.level_dex != b.level_dex ? a.level_dex > b.level_dex : a.mz < b.mz;
  });
  const std::size_t isotopes = peaks.size() / 4;
  for (std::size_t i = 0; i < isotopes; ++i) {
    const BackgroundPeak& parent = peaks[i];
    BackgroundPeak& isotope = peaks[peaks.size() - 1 - i];
    const double ratio = parent.mz / 1500 * random.uniform(0.7, 1.2);  // 1.1 % of a C per 14 Da
    isotope.mz = parent.mz + 1.0033548;
    isotope.level_dex = std::max(0.02, parent.level_dex + portable_log10(ratio));
    isotope.field = parent.field;
  }
}

}  // namespace

double draw_background_mz(RandomStream& random) {
  const double which = random.uniform();
  if (which < 0.45) return with_defect(random.uniform(150, 650), 5e-4, 1.5e-4, random);
  if (which < 0.92) return with_defect(780 + 70 * random.normal(), 7e-4, 1.2e-4, random);
  return with_defect(random.uniform(900, 2600), 5e-4, 1.5e-4, random);
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
    peaks[common[i]].presence = portable_exp(ln_presence[i]);
    peaks[wide[i]].ln_reach = ln_reach[i];
  }
  std::sort(peaks.begin(), peaks.end(), [](const BackgroundPeak& a, const BackgroundPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.level_dex < b.level_dex;
  });
  return peaks;
}

}  // namespace ionloom::simulate
