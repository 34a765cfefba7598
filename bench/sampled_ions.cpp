#include "bench/sampled_ions.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "chem/molecule_list.h"

namespace ionloom::bench {
namespace {

constexpr std::size_t kDecoys = 20;
constexpr double kResolvingPower = 140'000;

}  // namespace

chem::PatternSettings pattern_settings() {
  return {.shape = {.version = chem::AnalysisVersion::kV3,
                    .analyzer = chem::Analyzer::kOrbitrap,
                    .sigma_mz = chem::sigma_from_resolving_power(kResolvingPower)},
          .charge = 1,
          .max_peaks = 4};
}

Result<stages::IonSet> sampled_ions(const std::filesystem::path& list, std::size_t count) {
  std::ifstream file(list, std::ios::binary);
  if (!file) return data_error(list.string(), "cannot be opened; a molecule list is needed");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  const auto molecules = chem::parse_molecule_list(content, list.stem().string(), list.string());
  if (!molecules) return std::unexpected(molecules.error());

  stages::IonSettings settings;
  settings.adducts = {"+H", "+Na", "+K"};
  settings.decoy_sample_size = kDecoys;
  const std::size_t formulas = count / (settings.adducts.size() + kDecoys) + 1;
  const std::size_t step = std::max<std::size_t>(1, molecules->formulas.size() / formulas);
  std::vector<std::string> sample;
  for (std::size_t i = 0; i < molecules->formulas.size(); i += step) {
    sample.push_back(molecules->formulas[i]);
  }
  const stages::FormulaList formula_list{.formulas = sample, .targeted = false};
  return stages::enumerate_ions({&formula_list, 1}, settings);
}

stages::PatternTable patterns_of(const stages::IonSet& ions) {
  chem::IsotopicPatternCalculator calculator(pattern_settings());
  stages::PatternTable table;
  table.peaks_per_ion = pattern_settings().max_peaks;
  table.resize(ions.ions.size());
  stages::compute_patterns(ions.ions, 0, ions.ions.size(), calculator, table);
  return table;
}

}  // namespace ionloom::bench
