#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chem/isotopic_pattern.h"
#include "imaging/ion_metrics.h"

namespace ionloom::stages {

/// Theoretical patterns of ions, `peaks_per_ion` columns each, padded with 0. An ion without
/// pattern has m/z 0 throughout.
struct PatternTable {
  std::uint32_t peaks_per_ion = 0;
  std::vector<double> mz;        ///< [ion][peak], ascending
  std::vector<float> intensity;  ///< [ion][peak], percent of the pattern's highest

  void resize(std::size_t ions);
  [[nodiscard]] imaging::TheoreticalPeaks of(std::size_t ion) const;
  [[nodiscard]] bool has_pattern(std::size_t ion) const { return mz[ion * peaks_per_ion] > 0; }
};

/// Computes one ion's pattern into its row of the table, which is 0.
/// @param composition  scratch, whose storage is reused
void compute_pattern(std::string_view ion_formula, std::size_t row, chem::Composition& composition,
                     chem::IsotopicPatternCalculator& calculator, PatternTable& table);

/// Computes the patterns of the ions [first, last) into the table. Disjoint ranges may be computed
/// at the same time with a calculator each.
void compute_patterns(std::span<const std::string> ion_formulas, std::size_t first,
                      std::size_t last, chem::IsotopicPatternCalculator& calculator,
                      PatternTable& table);

/// Bytes of the table, of the order of its ions, and of a calculator a thread.
[[nodiscard]] std::uint64_t patterns_memory_bound_bytes(
    std::uint64_t ions, std::uint32_t peaks_per_ion, std::uint64_t threads,
    std::uint32_t most_isotopologues = chem::kMostIsotopologues);

}  // namespace ionloom::stages
