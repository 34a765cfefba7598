#include "chem/isotopologue_bound.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "chem/fine_structure.h"
#include "chem/formula.h"

namespace ionloom::chem {
namespace {

/// A molecule of a few elements, rare ones and those of many isotopes among them.
Composition random_composition(std::mt19937& random) {
  const auto most = [&](int n) { return std::uniform_int_distribution(0, n)(random); };
  std::string text = "C" + std::to_string(1 + most(60)) + "H" + std::to_string(1 + most(90));
  for (const char* element : {"N", "O", "P", "S", "Cl", "Br", "Se", "Sn", "Hg", "K", "Na"}) {
    if (const int count = most(12) - 8; count > 0) text += element + std::to_string(count);
  }
  return ion_composition(text).value();
}

TEST(IsotopologueBound, holds_for_random_molecules_and_gives_them_the_same_patterns) {
  IsotopologueBound bound;
  std::mt19937 random(20261127);
  for (const auto version : {AnalysisVersion::kV1, AnalysisVersion::kV3}) {
    FineStructureCalculator free(version);
    for (int i = 0; i < 400; ++i) {
      const Composition ion = random_composition(random);
      const std::uint32_t most = isotopologues_of_level(bound.level_of(ion));
      const auto* peaks = free.compute(ion);
      if (peaks == nullptr) continue;
      ASSERT_LE(peaks->size(), most) << ion_formula_text(ion);
      FineStructureCalculator limited(version, most);
      const auto* same = limited.compute(ion);
      ASSERT_NE(same, nullptr) << ion_formula_text(ion);
      ASSERT_EQ(same->size(), peaks->size());
      for (std::size_t k = 0; k < peaks->size(); ++k) {
        ASSERT_EQ((*same)[k].mz, (*peaks)[k].mz);
        ASSERT_EQ((*same)[k].intensity, (*peaks)[k].intensity);
      }
      EXPECT_FALSE(limited.was_told_too_few());
    }
  }
}

TEST(IsotopologueBound, is_low_for_what_lists_hold) {
  IsotopologueBound bound;
  EXPECT_EQ(isotopologues_of_level(bound.level_of(ion_composition("Na").value())), 2U);
  EXPECT_LE(isotopologues_of_level(bound.level_of(ion_composition("C43H66N12O12S2").value())),
            2048U);
}

TEST(IsotopologueBound, is_the_highest_where_no_lower_one_is_known) {
  IsotopologueBound bound;
  for (const char* formula : {"F2000", "Sn400H2", "C1024"}) {
    EXPECT_EQ(bound.level_of(ion_composition(formula).value()), kHighestIsotopologueLevel)
        << formula;
  }
  EXPECT_EQ(isotopologues_of_level(kHighestIsotopologueLevel), kMostIsotopologues);
}

TEST(FineStructure, says_when_it_was_told_too_few_isotopologues) {
  for (const char* formula : {"C60H80OSn2", "F2000", "Sn60"}) {
    FineStructureCalculator calculator(AnalysisVersion::kV3, 16);
    EXPECT_EQ(calculator.compute(ion_composition(formula).value()), nullptr) << formula;
    EXPECT_TRUE(calculator.was_told_too_few()) << formula;
  }
}

}  // namespace
}  // namespace ionloom::chem
