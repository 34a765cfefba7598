#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "chem/composition.h"
#include "chem/mass_order.h"
#include "chem/pattern_peak.h"

namespace ionloom::chem {

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
  [[nodiscard]] ElementPattern make_pattern(const ElementCount& entry);
  void know_log_factorials(std::size_t last);
  void combine(std::size_t depth, double mass_da, double log_probability);

  AnalysisVersion version_;
  std::vector<double> log_factorials_ = {0, 0};  ///< ln n!, as far as needed
  double carry_ = 0;                             ///< what the last of them is too large by
  std::vector<std::vector<std::unique_ptr<const ElementPattern>>> known_;  ///< [element][count]
  // Scratch of the current ion.
  std::vector<const ElementPattern*> patterns_;
  std::vector<double> best_rest_;
  double threshold_ = 0;
  bool too_many_ = false;
  std::vector<PatternPeak> peaks_;
  MassOrder order_;
};

}  // namespace ionloom::chem
