#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "chem/composition.h"

namespace ionloom::chem {

/// One isotopologue, or one peak of a pattern.
struct PatternPeak {
  double mz = 0;         ///< m/z, or mass in u before a charge was applied
  double intensity = 0;  ///< relative to the highest, (0, 1]
};

/// METASPACE's two generations of the annotation algorithm. Version 1 runs there with the original
/// MSM score, version 3 with its machine-learned scores.
enum class AnalysisVersion : std::uint8_t { kV1 = 1, kV3 = 3 };

/// Isotopologues of one element's n atoms, most probable first. Kept between ions, because lists
/// hold the same few hundred (element, n) pairs over and over.
struct ElementPattern {
  struct Configuration {
    double mass_da = 0;
    double log_probability = 0;
  };
  std::vector<Configuration> configurations;
};

/// Computes fine structures; holds the element patterns met so far. One per thread.
class FineStructureCalculator {
 public:
  explicit FineStructureCalculator(AnalysisVersion version);

  /// All isotopologues of at least 1e-4 of the most probable one, sorted by mass; masses without
  /// charge, intensities relative to the highest. nullptr when METASPACE's library fails: an
  /// element without pattern, 30,000 atoms of one element or more, over 100,000 isotopologues
  /// (version 3), a convolution grid of over 1e7 cells (version 1). The result is valid until the
  /// next call. Source: ims-cpp, isocalc.cpp, computeIsotopePattern; METASPACE-equal to 4e-9 in
  /// intensity.
  [[nodiscard]] const std::vector<PatternPeak>* compute(const Composition& composition);

 private:
  const ElementPattern& element_pattern(const ElementCount& entry);
  [[nodiscard]] ElementPattern make_pattern(const ElementCount& entry) const;
  void combine(std::size_t depth, double mass_da, double log_probability);

  AnalysisVersion version_;
  std::vector<double> log_factorials_;
  std::vector<std::vector<std::unique_ptr<const ElementPattern>>> known_;  ///< [element][count]
  // Scratch of the current ion.
  std::vector<const ElementPattern*> patterns_;
  std::vector<double> best_rest_;
  double threshold_ = 0;
  bool too_many_ = false;
  std::vector<PatternPeak> peaks_;
};

}  // namespace ionloom::chem
