#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chem/composition.h"
#include "chem/element_patterns.h"
#include "chem/mass_order.h"
#include "chem/pattern_peak.h"

namespace ionloom::chem {

/// Computes fine structures; holds the element patterns met so far. One per thread.
class FineStructureCalculator {
 public:
  /// @param most_isotopologues  of any ion whose structure is asked for, when that is known to be
  ///     fewer than kMostIsotopologues; none has kUsualCounts atoms of one element then
  explicit FineStructureCalculator(AnalysisVersion version,
                                   std::size_t most_isotopologues = kMostIsotopologues);

  /// All isotopologues of at least 1e-4 of the most probable one, sorted by mass; masses without
  /// charge, intensities relative to the highest. nullptr when METASPACE's library fails: an
  /// element without pattern, 30,000 atoms of one element or more, over kMostIsotopologues (there
  /// in version 3 only), a convolution grid of over 1e7 cells (version 1). The result is valid, and
  /// the caller's to change, until the next call. Source: ims-cpp, isocalc.cpp,
  /// computeIsotopePattern; METASPACE-equal to 4e-9 in intensity.
  [[nodiscard]] std::vector<PatternPeak>* compute(const Composition& composition);

  /// Whether an ion had more isotopologues than the calculator was told, and no structure for that.
  [[nodiscard]] bool was_told_too_few() const { return was_told_too_few_; }

  /// Bytes that a calculator of such ions holds at most.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::size_t most_isotopologues);

 private:
  [[nodiscard]] bool find_patterns(const Composition& composition);
  void combine(std::size_t depth, double mass_da, double log_probability);
  void add(const PatternPeak& peak);

  ElementPatterns elements_;
  // Scratch of the current ion.
  std::vector<std::span<const ElementConfiguration>> patterns_;
  std::vector<double> best_rest_;
  double threshold_ = 0;
  bool too_many_ = false;
  std::size_t most_;
  bool was_told_too_few_ = false;
  std::vector<PatternPeak> peaks_;
  MassOrder order_;
};

}  // namespace ionloom::chem
