#include "imzml/number_text.h"

#include <gtest/gtest.h>

namespace ionloom::imzml {
namespace {

TEST(NumberText, whole_numbers_are_read_in_every_spelling_that_writers_use) {
  EXPECT_EQ(parse_whole("1156000000"), 1'156'000'000);
  EXPECT_EQ(parse_whole("1.156e+09"), 1'156'000'000);  // Cardinal, issue 49
  EXPECT_EQ(parse_whole("1.156E9"), 1'156'000'000);
  EXPECT_EQ(parse_whole(" 12 "), 12);
  EXPECT_EQ(parse_whole("+7"), 7);
  EXPECT_EQ(parse_whole("3.0"), 3);
  EXPECT_EQ(parse_whole("-2147483648"), -2'147'483'648);
  EXPECT_EQ(parse_whole("5000000000"), 5'000'000'000);
}

TEST(NumberText, text_that_is_no_whole_number_is_none) {
  for (const char* text : {"", " ", "x", "1.5", "12px", "0x10", "nan", "inf", "1e300", "--3",
                           "99999999999999999999", "1 2"}) {
    EXPECT_FALSE(parse_whole(text)) << text;
  }
}

TEST(NumberText, counts_are_not_negative) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_FALSE(parse_count("-1"));
}

TEST(NumberText, real_numbers_are_finite) {
  EXPECT_EQ(parse_real("20.5"), 20.5);
  EXPECT_FALSE(parse_real("inf"));
  EXPECT_FALSE(parse_real("20 um"));
}

TEST(NumberText, hex_digits_leave_out_what_surrounds_them) {
  EXPECT_EQ(hex_digits("{09CF00C1-8CA5-4A96-92DC-A90D43CF8411}"),
            "09cf00c18ca54a9692dca90d43cf8411");
  EXPECT_EQ(hex_digits("0x5EDA"), "5eda");
  EXPECT_EQ(hex_digits(""), "");
}

}  // namespace
}  // namespace ionloom::imzml
