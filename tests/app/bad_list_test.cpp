#include <gtest/gtest.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

void expect_refused(const std::string& list, const Words& parts) {
  Workplace(sample(glucose_pixels()), list).expect_refused(1, parts);
}

TEST(BadList, a_missing_list_is_named) {
  const Workplace place(sample(glucose_pixels()));
  std::filesystem::remove(place / "list.tsv");
  place.expect_refused(1, {place / "list.tsv"});
}

TEST(BadList, a_folder_is_no_list) {
  const Workplace place(sample(glucose_pixels()));
  std::filesystem::remove(place / "list.tsv");
  std::filesystem::create_directory(place / "list.tsv");
  place.expect_refused(1, {place / "list.tsv", "folder"});
}

TEST(BadList, an_empty_list_is_refused) {
  expect_refused("", {"list.tsv"});
  expect_refused("id\tname\tformula\n", {"list.tsv"});
}

TEST(BadList, a_missing_column_is_named_with_those_found) {
  expect_refused("id\tname\nG1\tGlucose\n", {"list.tsv", "formula", "id"});
}

TEST(BadList, a_separator_that_is_neither_tab_nor_comma_is_refused) {
  expect_refused("id;name;formula\nG1;Glucose;C6H12O6\n", {"list.tsv", ";"});
}

TEST(BadList, all_lines_with_bad_formulas_are_listed) {
  expect_refused("id\tname\tformula\nA\ta\tC6H12O6\nB\tb\tC6H12Xx6\nC\tc\tC2H6O\nD\td\tC(2\n",
                 {"list.tsv", "3", "C6H12Xx6", "5", "C(2"});
}

TEST(BadList, ions_outside_the_measured_range_are_refused_with_both_ranges) {
  expect_refused("id\tname\tformula\nP\tpalmitin\tC51H98O6\n", {"brain.imzML", "150.5", "807.7"});
}

}  // namespace
}  // namespace ionloom::app::testing
