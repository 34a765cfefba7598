// Single functions against vectors that METASPACE's own functions gave (../shared/oracle/units).

#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chem/formula.h"
#include "chem/isotopic_pattern.h"
#include "chem/modifier.h"
#include "oracle/support/csv_gz.h"
#include "oracle/support/shared_folder.h"
#include "oracle/support/text_gz.h"

namespace ionloom::oracle {
namespace {

using nlohmann::json;

TEST(OracleUnits, centroids_are_equal_for_both_versions_and_all_analysers) {
  const auto file = shared_path("oracle/units/centroids.csv.gz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const CsvTable table = read_csv_gz(*file);
  ASSERT_EQ(table.rows(), 573U * 8U);
  const auto sigma = table.numbers("sigma"), charge = table.numbers("charge");
  std::vector<std::vector<double>> mz, intensity;
  for (const char* k : {"0", "1", "2", "3"}) {
    mz.push_back(table.numbers(std::string("mz_") + k));
    intensity.push_back(table.numbers(std::string("int_") + k));
  }
  std::map<std::string, chem::IsotopicPatternCalculator> calculators;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool first = table.texts("version")[row] == "1";
    const chem::PatternSettings settings{
        .shape = {.version = first ? chem::AnalysisVersion::kV1 : chem::AnalysisVersion::kV3,
                  .analyzer = chem::analyzer_from_name(table.texts("analyser")[row]).value(),
                  .sigma_mz = sigma[row]},
        .charge = static_cast<std::int32_t>(charge[row]),
        .max_peaks = 4};
    auto& calculator = calculators.try_emplace(table.texts("setting")[row], settings).first->second;
    const std::string& formula = table.texts("ion_formula")[row];
    const auto ion = chem::ion_composition(formula);
    const std::vector<chem::PatternPeak> peaks =
        ion ? calculator.compute(*ion) : std::vector<chem::PatternPeak>{};
    ASSERT_EQ(peaks.empty(), table.texts("status")[row] == "none") << formula;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool present = k < peaks.size();
      const double tolerance = first ? 1e-8 : 1e-9;  // version 1's reference is an FFT
      ASSERT_NEAR(present ? peaks[k].mz : 0, mz[k][row], 1e-12 * mz[k][row]) << formula;
      ASSERT_NEAR(present ? peaks[k].intensity : 0, intensity[k][row], tolerance) << formula;
    }
  }
}

TEST(OracleUnits, formulas_are_accepted_and_composed_as_in_metaspace) {
  const auto file = shared_path("oracle/units/formulas.json");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const json entries = json::parse(read_text_gz(*file));
  ASSERT_EQ(entries.size(), 47U);
  std::size_t compared = 0;
  for (const json& entry : entries) {
    const std::string formula = entry["formula"];
    const bool accepted = entry["accepted_in_list"];
    EXPECT_EQ(chem::parse_list_formula(formula).has_value(), accepted) << formula;
    const auto molecule = chem::ion_composition(formula);
    EXPECT_TRUE(molecule || !accepted) << formula;
    if (!molecule) continue;
    for (const auto& [parts, expected] : entry["ions"].items()) {
      std::string text = parts;
      std::erase(text, '|');
      const auto modifier = chem::parse_modifier(text);
      const auto ion = modifier ? chem::apply_modifier(*molecule, *modifier)
                                : std::optional<chem::Composition>{};
      EXPECT_EQ(ion ? chem::ion_formula_text(*ion) : "none",
                expected.is_null() ? "none" : expected.get<std::string>())
          << formula << " " << parts;
      ++compared;
    }
  }
  // METASPACE composes even ions of symbols that are no element; five refused formulas have some.
  EXPECT_EQ(compared, (47U - 5U) * 22U);
}

}  // namespace
}  // namespace ionloom::oracle
