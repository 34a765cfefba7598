#pragma once

namespace ionloom::chem {

/// One isotopologue, or one peak of a pattern.
struct PatternPeak {
  double mz = 0;         ///< m/z, or mass in u before a charge was applied
  double intensity = 0;  ///< relative to the highest, (0, 1]
};

}  // namespace ionloom::chem
