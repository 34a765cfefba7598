#pragma once

#include <cstdint>
#include <vector>

#include "chem/composition.h"
#include "chem/envelope.h"
#include "chem/fine_structure.h"

namespace ionloom::chem {

/// Raised whenever a change of code or tables changes any bit of any pattern; what is kept of
/// patterns under another revision is not used.
inline constexpr std::uint32_t kPatternRevision = 2;

struct PatternSettings {
  PeakShape shape;
  std::int32_t charge = 1;      ///< +1 or -1; only its electrons count, m/z is not divided by it
  std::uint32_t max_peaks = 4;  ///< 2..16
  /// Of any of the ions, when that is known to be fewer (isotopologue_bound.h).
  std::uint32_t most_isotopologues = kMostIsotopologues;
};

/// Theoretical isotopic patterns of ions. Holds scratch and what is shared between ions; one per
/// thread. Results depend on the ion and the settings only.
class IsotopicPatternCalculator {
 public:
  explicit IsotopicPatternCalculator(const PatternSettings& settings);

  /// The `max_peaks` most intense centroids of the ion, in ascending m/z; intensities in percent of
  /// the highest of all centroids. Label atoms (Cx ...) shift all m/z and have no pattern of their
  /// own. Empty when the ion has no pattern; METASPACE drops such ions silently.
  /// The reference is valid until the next call.
  /// Source: METASPACE engine, isocalc_wrapper.py and isotope_labels.py.
  [[nodiscard]] const std::vector<PatternPeak>& compute(const Composition& ion);

  /// Whether an ion had more isotopologues than the settings say, and no pattern for that.
  [[nodiscard]] bool was_told_too_few() const { return fine_structure_.was_told_too_few(); }

  /// Bytes that a calculator holds at most, of ions with as many isotopologues.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(
      std::uint32_t max_peaks, std::uint32_t most_isotopologues = kMostIsotopologues);

 private:
  PatternSettings settings_;
  FineStructureCalculator fine_structure_;
  EnvelopeDetector envelope_;
  Composition natural_;  ///< the current ion without its labels
  std::vector<PatternPeak> centroids_;
};

}  // namespace ionloom::chem
