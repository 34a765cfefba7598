#include "chem/isotopic_pattern.h"

#include <algorithm>
#include <cmath>

namespace ionloom::chem {

IsotopicPatternCalculator::IsotopicPatternCalculator(const PatternSettings& settings)
    : settings_(settings),
      fine_structure_(settings.shape.version, settings.most_isotopologues),
      envelope_(settings.shape) {}

std::uint64_t IsotopicPatternCalculator::memory_bound_bytes(std::uint32_t max_peaks,
                                                            std::uint32_t most_isotopologues) {
  constexpr std::uint64_t kCompositions = 4096;  // of the ion, every element once, as vectors grow
  return FineStructureCalculator::memory_bound_bytes(most_isotopologues) +
         EnvelopeDetector::memory_bound_bytes(max_peaks) + kCompositions;
}

const std::vector<PatternPeak>& IsotopicPatternCalculator::compute(const Composition& ion) {
  centroids_.clear();
  double label_mass_da = 0;
  natural_.clear();
  for (const ElementCount& entry : ion.entries()) {
    const double label = element(entry.element).label_mass_da;
    if (label > 0) {
      label_mass_da += label * entry.count;
    } else {
      natural_.set(entry.element, entry.count);
    }
  }
  std::vector<PatternPeak>* const fine = fine_structure_.compute(natural_);
  if (fine == nullptr) return centroids_;

  const double electrons_da = settings_.charge * kElectronMassDa;
  for (PatternPeak& peak : *fine) peak.mz -= electrons_da;
  if (fine->front().mz <= 0) return centroids_;
  envelope_.centroids(*fine, settings_.max_peaks, centroids_);

  const auto more_intense = [](const PatternPeak& a, const PatternPeak& b) {
    return a.intensity != b.intensity ? a.intensity > b.intensity : a.mz > b.mz;
  };
  if (centroids_.size() > settings_.max_peaks) {
    std::ranges::sort(centroids_, more_intense);
    centroids_.resize(settings_.max_peaks);
    std::ranges::sort(centroids_, {}, &PatternPeak::mz);
  }
  const double shift = label_mass_da / std::abs(settings_.charge);
  for (PatternPeak& peak : centroids_) {
    peak.mz += shift;
    peak.intensity *= 100.0;
  }
  return centroids_;
}

}  // namespace ionloom::chem
