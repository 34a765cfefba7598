#include "stages/patterns.h"

#include "chem/formula.h"

namespace ionloom::stages {

void PatternTable::resize(std::size_t ions) {
  mz.assign(ions * peaks_per_ion, 0.0);
  intensity.assign(ions * peaks_per_ion, 0.0F);
}

imaging::TheoreticalPeaks PatternTable::of(std::size_t ion) const {
  const std::size_t at = ion * peaks_per_ion;
  return {std::span(mz).subspan(at, peaks_per_ion),
          std::span(intensity).subspan(at, peaks_per_ion)};
}

void compute_pattern(std::string_view ion_formula, std::size_t row, chem::Composition& composition,
                     chem::IsotopicPatternCalculator& calculator, PatternTable& table) {
  if (!chem::read_ion_composition(ion_formula, composition)) return;
  std::size_t at = row * table.peaks_per_ion;
  for (const chem::PatternPeak& peak : calculator.compute(composition)) {
    table.mz[at] = peak.mz;
    table.intensity[at] = static_cast<float>(peak.intensity);
    ++at;
  }
}

void compute_patterns(std::span<const std::string> ion_formulas, std::size_t first,
                      std::size_t last, chem::IsotopicPatternCalculator& calculator,
                      PatternTable& table) {
  chem::Composition composition;
  for (std::size_t ion = first; ion < last; ++ion) {
    compute_pattern(ion_formulas[ion], ion, composition, calculator, table);
  }
}

std::uint64_t patterns_memory_bound_bytes(std::uint64_t ions, std::uint32_t peaks_per_ion,
                                          std::uint64_t threads, std::uint32_t most_isotopologues) {
  return ions * (peaks_per_ion * (sizeof(double) + sizeof(float)) + sizeof(std::uint32_t)) +
         threads *
             chem::IsotopicPatternCalculator::memory_bound_bytes(peaks_per_ion, most_isotopologues);
}

}  // namespace ionloom::stages
