#include "chem/formula.h"

#include <gtest/gtest.h>

#include "chem/modifier.h"

namespace ionloom::chem {
namespace {

std::string listed(const std::string& formula) {
  const auto parsed = parse_list_formula(formula);
  return parsed ? ion_formula_text(*parsed) : "refused";
}

std::string ion(const std::string& formula, const std::string& modifier) {
  const auto molecule = ion_composition(formula);
  const auto parsed = parse_modifier(modifier);
  if (!molecule || !parsed) return "none";
  const auto result = apply_modifier(*molecule, *parsed);
  return result ? ion_formula_text(*result) : "none";
}

TEST(Formula, lists_are_read_by_the_grammar) {
  EXPECT_EQ(listed("CH3COOH"), "C2H4O2");
  EXPECT_EQ(listed("2C6H12"), "C12H24");
  EXPECT_EQ(listed("C6H12O6-H2O"), "C6H10O5");
  EXPECT_EQ(listed("C0H2"), "H2");
  for (const char* bad : {"", "C6H12.H2O", "C6Xy", "c6", "C6(H", "H2-O", "C6H12O6+"}) {
    EXPECT_EQ(listed(bad), "refused") << bad;
  }
}

TEST(Formula, of_a_repeated_element_the_ion_keeps_the_last_count) {
  EXPECT_EQ(ion("CH3COOH", "+H"), "CH2O");
  EXPECT_EQ(ion("C6H12O6", "+H"), "C6H13O6");
}

TEST(Formula, modifiers_apply_from_left_to_right) {
  EXPECT_EQ(ion("O2", "+H2O-H"), "HO3");
  EXPECT_EQ(ion("O2", "-H+H2O"), "none");
  EXPECT_EQ(ion("C6H12O6", "-2H"), "none");
}

TEST(Formula, adducts_may_be_written_in_three_ways) {
  for (const char* text : {"+H", "M+H", "[M+H]+"}) EXPECT_EQ(normalise_adduct(text, true), "+H");
  EXPECT_EQ(normalise_adduct("[M]-", false), "[M]-");
  EXPECT_FALSE(normalise_adduct("[M-H]-", true));
  EXPECT_FALSE(normalise_adduct("+Xy", true));
}

// 6 x 12 + 13 x 1.007825032 + 6 x 15.99491462 - 0.000548597
TEST(Formula, monoisotopic_mz_of_protonated_glucose) {
  EXPECT_NEAR(monoisotopic_mz(*ion_composition("C6H13O6"), true), 181.070664539, 1e-9);
}

}  // namespace
}  // namespace ionloom::chem
