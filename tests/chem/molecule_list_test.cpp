#include "chem/molecule_list.h"

#include <gtest/gtest.h>

namespace ionloom::chem {
namespace {

TEST(MoleculeList, formulas_are_distinct_in_order_of_first_appearance) {
  const auto list = parse_molecule_list(
      "id\tname\tformula\n1\tNA\tC6H12O6\n2\tb\tH2O\n3\tc\tC6H12O6\n", "demo", "demo.tsv");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->formulas, (std::vector<std::string>{"C6H12O6", "H2O"}));
  EXPECT_EQ(list->molecules[0].name, "NA");
  EXPECT_EQ(list->molecules[2].formula_index, 0U);
}

TEST(MoleculeList, names_every_bad_line) {
  const auto list =
      parse_molecule_list("id,formula\n1,C6H12O6\n,H2O\n3,XyZ\n4,H2O,5\n", "a", "a.csv");
  ASSERT_FALSE(list);
  for (const char* part : {"a.csv", "3 of 4 rows", "line 3", "line 4", "line 5", "XyZ"}) {
    EXPECT_NE(list.error().message().find(part), std::string::npos) << part;
  }
}

TEST(MoleculeList, says_when_a_column_or_the_separator_is_missing) {
  EXPECT_NE(parse_molecule_list("id,name\n1,a\n", "a", "a").error().what.find("formula"),
            std::string::npos);
  EXPECT_NE(parse_molecule_list("id;formula\n1;C\n", "a", "a").error().what.find("neither tab"),
            std::string::npos);
  EXPECT_FALSE(parse_molecule_list("", "a", "a"));
  EXPECT_FALSE(parse_molecule_list("id,formula\n", "a", "a"));
}

TEST(MoleculeList, reads_quotes_carriage_returns_and_byte_order_marks) {
  const auto list = parse_molecule_list("\xEF\xBB\xBFid,name,formula\r\n1,\"a, \"\"b\"\"\",H2O\r\n",
                                        "a", "a.csv");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->molecules[0].name, "a, \"b\"");
}

TEST(MoleculeList, finds_columns_in_any_case_and_with_blanks_around) {
  const auto list = parse_molecule_list("ID , Name , Formula\n1,water,H2O\n", "a", "a.csv");
  ASSERT_TRUE(list) << list.error().message();
  EXPECT_EQ(list->molecules[0].id, "1");
  EXPECT_EQ(list->molecules[0].name, "water");
}

TEST(MoleculeList, names_every_misread_formula_with_its_line_in_one_warning) {
  const auto list = parse_molecule_list(
      "id\tformula\n1\tC6H12O6\n2\tCH3CH2OH\n3\tCH3CN\n4\tCH3CN\n", "a", "a.tsv");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->misreadings.list().size(), 1U);
  const std::string& text = list->misreadings.list()[0].text;
  for (const char* part : {"a.tsv", "2 formulas", "line 3: CH3CH2OH", "(with --fixes C2H6O)",
                           "line 4: CH3CN", "(with --fixes C2H3N)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  EXPECT_EQ(text.find("line 5"), std::string::npos) << text;
}

}  // namespace
}  // namespace ionloom::chem
