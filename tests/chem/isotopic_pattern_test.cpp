#include "chem/isotopic_pattern.h"

#include <gtest/gtest.h>

#include "chem/formula.h"

namespace ionloom::chem {
namespace {

std::vector<PatternPeak> pattern(const char* formula, double sigma_mz = 0.002476) {
  IsotopicPatternCalculator calculator(
      {.shape = {.version = AnalysisVersion::kV3, .analyzer = Analyzer::kTof, .sigma_mz = sigma_mz},
       .charge = 1,
       .max_peaks = 4});
  return calculator.compute(ion_composition(formula).value());
}

// Binomial with 0.7576 and 0.2424: 0.57396, 0.36728, 0.05876.
TEST(IsotopicPattern, of_two_chlorines_is_binomial) {
  const auto peaks = pattern("Cl2");
  ASSERT_EQ(peaks.size(), 3U);
  EXPECT_NEAR(peaks[0].intensity, 100, 1e-9);
  EXPECT_NEAR(peaks[1].intensity, 100 * 2 * 0.2424 / 0.7576, 0.1);
  EXPECT_NEAR(peaks[2].intensity, 100 * (0.2424 / 0.7576) * (0.2424 / 0.7576), 0.1);
  EXPECT_NEAR(peaks[0].mz, 2 * 34.96885271 - kElectronMassDa, 1e-4);
}

TEST(IsotopicPattern, of_a_single_isotope_is_one_peak_without_its_electron) {
  const auto peaks = pattern("Na");
  ASSERT_EQ(peaks.size(), 1U);
  EXPECT_EQ(peaks[0].mz, 22.98976966 - kElectronMassDa);
}

TEST(IsotopicPattern, labels_shift_the_rest_and_have_none_of_their_own) {
  const auto plain = pattern("H13O6");
  const auto labelled = pattern("H13O6Cx6");
  ASSERT_EQ(plain.size(), labelled.size());
  EXPECT_NEAR(labelled[0].mz - plain[0].mz, 6 * 13.00335484, 1e-9);
  EXPECT_TRUE(pattern("Cx6").empty());
}

TEST(IsotopicPattern, fails_for_30000_atoms) {
  EXPECT_TRUE(pattern("C30000").empty());
}

}  // namespace
}  // namespace ionloom::chem
