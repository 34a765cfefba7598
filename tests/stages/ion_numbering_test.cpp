#include "stages/ion_numbering.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::stages {
namespace {

TEST(IonNumbering, gives_equal_texts_one_number_and_sorts_them_in_byte_order) {
  std::mt19937 random(3);
  IonNumbering numbering;
  std::map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    // Texts of equal beginnings up to and over 16 bytes, of which one is another's beginning.
    const std::string text =
        "C" + std::string(random() % 20, '1') + "H" + std::to_string(random() % 900);
    const std::uint32_t number = numbering.number(text);
    const auto [known, is_new] = expected.try_emplace(text, number);
    EXPECT_EQ(number, is_new ? expected.size() - 1 : known->second);
  }
  std::vector<std::uint32_t> place_of;
  const std::vector<std::string> texts = numbering.sorted(place_of);
  ASSERT_EQ(texts.size(), expected.size());
  ASSERT_EQ(place_of.size(), expected.size());
  std::uint32_t place = 0;
  for (const auto& [text, number] : expected) {
    EXPECT_EQ(texts[place], text);
    EXPECT_EQ(place_of[number], place);
    ++place;
  }
}

TEST(IonNumbering, starts_again_after_sorting) {
  IonNumbering numbering;
  std::vector<std::uint32_t> place_of;
  numbering.number("H2");
  EXPECT_EQ(numbering.sorted(place_of).size(), 1U);
  EXPECT_EQ(numbering.number("H3"), 0U);
  EXPECT_EQ(numbering.sorted(place_of), std::vector<std::string>{"H3"});
}

}  // namespace
}  // namespace ionloom::stages
