#include "chem/utf8_text.h"

#include <gtest/gtest.h>

namespace ionloom::chem {
namespace {

TEST(Utf8Text, stays_as_it_is) {
  EXPECT_EQ(as_utf8("brain \xC3\xBC"), "brain \xC3\xBC");
  EXPECT_EQ(characters("\xC3\xBC-"), 2U);
}

TEST(Utf8Text, of_other_bytes_is_read_as_latin_1) {
  EXPECT_FALSE(is_utf8("bad\xFFname"));
  EXPECT_EQ(as_utf8("bad\xFFname"), "bad\xC3\xBFname");
  EXPECT_TRUE(is_utf8(as_utf8("\xE4\x80")));
}

}  // namespace
}  // namespace ionloom::chem
