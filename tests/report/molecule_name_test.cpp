#include "report/molecule_name.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "report/html_entities.h"

namespace ionloom::report {
namespace {

TEST(MoleculeName, entity_table_is_sorted_for_binary_search) {
  EXPECT_TRUE(std::ranges::is_sorted(kHtmlEntities, {}, &HtmlEntity::name));
}

TEST(MoleculeName, named_entities_become_characters) {
  EXPECT_EQ(decode_html_entities("&alpha;-D-Glucose"), "\u03B1-D-Glucose");
  EXPECT_EQ(decode_html_entities("5&prime;-AMP &amp; &Delta;&plusmn;"),
            "5\u2032-AMP & \u0394\u00B1");
  EXPECT_EQ(decode_html_entities("&lt;b&gt;&quot;&apos;&lpar;x&rpar;"), "<b>\"'(x)");
}

TEST(MoleculeName, numeric_entities_become_characters) {
  EXPECT_EQ(decode_html_entities("&#946;&#x3b2;&#X3B2;&#65;"), "\u03B2\u03B2\u03B2A");
  EXPECT_EQ(decode_html_entities("&#128512;"), "\U0001F600");
}

TEST(MoleculeName, a_missing_semicolon_is_forgiven_as_in_metaspaces_decoder) {
  EXPECT_EQ(decode_html_entities("&beta-Carotene"), "\u03B2-Carotene");
}

TEST(MoleculeName, what_is_no_entity_stays) {
  for (const char* text : {"AT&T", "R & D", "&", "&;", "&#;", "&#x;", "&#xD800;", "&#1114112;",
                           "&unknown;", "&#0;", "a&", "&#99999999999999;", "&alpha_;"}) {
    EXPECT_EQ(decode_html_entities(text), text);
  }
}

TEST(MoleculeName, decoding_happens_once) {
  EXPECT_EQ(decode_html_entities("&amp;alpha;"), "&alpha;");
}

TEST(MoleculeName, white_space_around_and_trailing_separators_go) {
  EXPECT_EQ(clean_molecule_name("  Glucose;,; "), "Glucose");
  EXPECT_EQ(clean_molecule_name("\u00A0\u3000Glucose&nbsp;\t"), "Glucose");
  EXPECT_EQ(clean_molecule_name(";,"), "");
  EXPECT_EQ(clean_molecule_name(""), "");
}

TEST(MoleculeName, space_before_a_removed_separator_stays_as_in_metaspace) {
  // 'a ;'.trim().replace(/[,;]*$/, '') is 'a ' in JavaScript.
  EXPECT_EQ(clean_molecule_name("a ; "), "a ");
}

TEST(MoleculeName, separators_inside_and_in_front_stay) {
  EXPECT_EQ(clean_molecule_name(";a,b;c"), ";a,b;c");
}

}  // namespace
}  // namespace ionloom::report
