#pragma once

#include <string>
#include <vector>

#include "stages/patterns.h"

namespace ionloom::cache::testing {

inline const std::vector<std::string>& sample_ions() {
  static const std::vector<std::string> ions = {"C12H22O11Na", "C41H78NO8P", "C6H13O6", "Cl2",
                                                "H13O6Cx6"};
  return ions;
}

inline chem::PatternSettings sample_settings() {
  return {.shape = {.version = chem::AnalysisVersion::kV3,
                    .analyzer = chem::Analyzer::kOrbitrap,
                    .sigma_mz = 0.000607},
          .charge = 1,
          .max_peaks = 4};
}

inline stages::PatternTable sample_table(
    const std::vector<std::string>& ions = sample_ions(),
    const chem::PatternSettings& settings = sample_settings()) {
  chem::IsotopicPatternCalculator calculator(settings);
  stages::PatternTable table;
  table.peaks_per_ion = settings.max_peaks;
  table.resize(ions.size());
  stages::compute_patterns(ions, 0, ions.size(), calculator, table);
  return table;
}

}  // namespace ionloom::cache::testing
