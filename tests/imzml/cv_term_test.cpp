#include "imzml/cv_term.h"

#include <gtest/gtest.h>

#include "imzml/term_oddities.h"

namespace ionloom::imzml {
namespace {

TEST(CvTerm, a_term_of_the_vocabulary_is_not_odd) {
  const TermReading reading = read_term("MS:1000514", "m/z array");
  EXPECT_EQ(reading.term, Term::kMzArray);
  EXPECT_FALSE(reading.odd());
}

TEST(CvTerm, the_accession_decides_over_a_misspelt_or_empty_name) {
  for (const char* name : {"", "m/z arrray", "mass to charge"}) {
    const TermReading reading = read_term("MS:1000514", name);
    EXPECT_EQ(reading.term, Term::kMzArray) << name;
    EXPECT_TRUE(reading.unusual_name) << name;
  }
}

TEST(CvTerm, case_of_a_name_does_not_matter) {
  EXPECT_FALSE(read_term("MS:1000514", "M/Z Array").odd());
}

// pyimzML pull request 21: MS:1000523 (64-bit) named "32-bit float", 27 files of METASPACE's
// bucket.
TEST(CvTerm, a_data_types_name_wins_over_its_accession) {
  const TermReading reading = read_term("MS:1000523", "32-bit float");
  EXPECT_EQ(reading.term, Term::kFloat32);
  EXPECT_TRUE(reading.name_won);
}

// M2aia writes MS:1000127 (centroid) with the name "profile spectrum".
TEST(CvTerm, another_terms_name_does_not_win) {
  const TermReading reading = read_term("MS:1000127", "profile spectrum");
  EXPECT_EQ(reading.term, Term::kCentroid);
  EXPECT_TRUE(reading.contradicts);
}

TEST(CvTerm, integers_have_two_accessions_and_one_name) {
  EXPECT_EQ(read_term("MS:1000519", "32-bit integer").term, Term::kInt32);
  EXPECT_EQ(read_term("IMS:1000141", "32-bit integer").term, Term::kInt32);
  EXPECT_FALSE(read_term("IMS:1000141", "32-bit integer").odd());
  EXPECT_EQ(read_term("IMS:1000142", "64-bit integer").term, Term::kInt64);
  EXPECT_EQ(read_term("IMS:1100000", "8-bit integer").term, Term::kInt8);
  EXPECT_EQ(read_term("IMS:1100001", "16-bit integer").term, Term::kInt16);
}

TEST(CvTerm, the_two_vocabularies_do_not_mix) {
  EXPECT_EQ(read_term("IMS:1000514", "something").term, Term::kOther);
  EXPECT_EQ(read_term("MS:1000102", "something").term, Term::kOther);
}

TEST(CvTerm, a_name_alone_is_enough) {
  const TermReading reading = read_term("", "external offset");
  EXPECT_EQ(reading.term, Term::kExternalOffset);
  EXPECT_TRUE(reading.without_accession);
}

TEST(CvTerm, compressions_that_cannot_be_read_are_known_as_such) {
  EXPECT_EQ(read_term("MS:1002312", "MS-Numpress linear prediction compression").term,
            Term::kUnknownCompression);
  EXPECT_EQ(read_term("MS:1002746", "").term, Term::kUnknownCompression);
  EXPECT_EQ(read_term("MS:1009999", "Zstandard Compression").term, Term::kUnknownCompression);
}

TEST(CvTerm, terms_that_do_not_matter_are_other_and_not_odd) {
  const TermReading reading = read_term("MS:1000285", "total ion current");
  EXPECT_EQ(reading.term, Term::kOther);
  EXPECT_FALSE(reading.odd());
  for (const char* accession : {"", "IMS:X1", "MS:", "MS:99999999999999", "UO:0000017", "MS:-5"}) {
    EXPECT_EQ(read_term(accession, "").term, Term::kOther) << accession;
  }
}

TEST(TermOddities, each_kind_is_one_warning_that_counts_and_names_its_first_line) {
  TermOddities oddities;
  for (std::uint64_t line : {7, 8, 9}) {
    oddities.note(read_term("MS:1000514", ""), "MS:1000514", "", line);
  }
  oddities.note(read_term("MS:1000523", "32-bit float"), "MS:1000523", "32-bit float", 11);
  oddities.note(read_term("MS:1000285", "x"), "MS:1000285", "x", 12);
  Warnings warnings;
  oddities.report("a.imzML", warnings);
  ASSERT_EQ(warnings.list().size(), 2U);
  EXPECT_EQ(warnings.list()[0].text,
            "a.imzML, line 7: MS:1000514 has no name; the accession counts");
  EXPECT_EQ(warnings.list()[0].count, 3U);
  EXPECT_EQ(warnings.list()[1].text,
            "a.imzML, line 11: MS:1000523 is named \"32-bit float\", which is another data type; "
            "the name counts");
}

TEST(TermOddities, a_damaged_file_gives_a_bounded_number_of_warnings) {
  TermOddities oddities;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "name " + std::to_string(i);
    oddities.note(read_term("MS:1000514", name), "MS:1000514", name, 1);
  }
  Warnings warnings;
  oddities.report("a.imzML", warnings);
  ASSERT_EQ(warnings.list().size(), 41U);
  EXPECT_EQ(warnings.list().back().count, 960U);
}

}  // namespace
}  // namespace ionloom::imzml
