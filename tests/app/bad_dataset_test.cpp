#include <cmath>
#include <limits>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;
using imzml::testing::swap_nth;
using imzml::testing::swap_text;

/// The same mistake is refused by annotate, which leaves nothing, and by info.
void expect_both_refuse(const SampleText& text, const Words& parts) {
  const Workplace place(text);
  place.expect_refused(1, parts);
  expect_error(run({"info", place / "brain.imzML"}), 1, parts);
}

SampleText glucose() {
  return sample(glucose_pixels());
}

TEST(BadDataset, a_missing_imzml_is_named) {
  const Workplace place(glucose());
  std::filesystem::remove(place / "brain.imzML");
  place.expect_refused(1, {place / "brain.imzML"});
  expect_error(run({"info", place / "brain.imzML"}), 1, {place / "brain.imzML"});
}

TEST(BadDataset, a_missing_ibd_is_named) {
  const Workplace place(glucose());
  std::filesystem::remove(place / "brain.ibd");
  place.expect_refused(1, {"brain.imzML", ".ibd"});
  expect_error(run({"info", place / "brain.imzML"}), 1, {"brain.imzML", ".ibd"});
}

TEST(BadDataset, an_ibd_cut_in_half_is_refused_with_its_size_and_the_first_spectrum_lost) {
  SampleText text = glucose();
  const std::size_t whole = text.ibd.size();
  text.ibd.resize(whole / 2);
  expect_both_refuse(text, {"brain.ibd", fmt::format("has {} bytes", whole / 2), "9 of 16 spectra",
                            "spectrum 8 (x 4, y 2"});
}

TEST(BadDataset, malformed_xml_is_refused_with_its_line) {
  SampleText text = glucose();
  swap_nth(text.xml, 1, "</fileContent>", "</wrong>");
  expect_both_refuse(text, {"brain.imzML", "line"});
}

TEST(BadDataset, truncated_xml_is_refused) {
  SampleText text = glucose();
  text.xml.resize(text.xml.size() / 2);
  expect_both_refuse(text, {"brain.imzML", "line"});
}

TEST(BadDataset, arrays_of_different_lengths_are_refused) {
  SampleText text = glucose();
  swap_nth(text.xml, 2, "name=\"external array length\" value=\"3\"",
           "name=\"external array length\" value=\"2\"");
  expect_both_refuse(text, {"brain.imzML", "3", "2"});
}

TEST(BadDataset, an_offset_outside_the_file_is_refused) {
  SampleText text = glucose();
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"16\"",
           "name=\"external offset\" value=\"99999999\"");
  expect_both_refuse(text, {"brain", "99999999"});
}

TEST(BadDataset, an_unknown_compression_is_refused_by_its_name) {
  SampleText text = glucose();
  swap_text(text.xml, "accession=\"MS:1000576\" name=\"no compression\"",
            "accession=\"MS:1002312\" name=\"MS-Numpress linear prediction compression\"");
  expect_both_refuse(text, {"brain.imzML", "umpress"});
}

TEST(BadDataset, an_unknown_number_type_is_refused) {
  SampleText text = glucose();
  swap_text(text.xml, "accession=\"MS:1000523\" name=\"64-bit float\"",
            "accession=\"MS:1000520\" name=\"16-bit float\"");
  expect_both_refuse(text, {"brain.imzML", "16-bit float"});
}

TEST(BadDataset, a_file_without_spectra_is_refused) {
  expect_both_refuse(sample(std::vector<SamplePixel>{}), {"brain.imzML", "no spectr"});
}

TEST(BadDataset, mz_that_are_no_numbers_are_refused_with_the_spectrum) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto pixels = glucose_pixels();
    pixels[5].mz[1] = bad;
    expect_both_refuse(sample(pixels),
                       {"brain.ibd", "spectrum 6 (x 2, y 2)", std::isnan(bad) ? "nan" : "inf"});
  }
}

TEST(BadDataset, spectra_without_any_intensity_leave_nothing_to_annotate) {
  auto pixels = glucose_pixels();
  for (SamplePixel& pixel : pixels) pixel.intensity = {0, 0, 0};
  Workplace(sample(pixels)).expect_refused(1, {"brain.ibd", "above 0"});
}

TEST(BadDataset, a_polarity_that_is_not_stated_is_asked_for) {
  SampleText text = glucose();
  swap_text(text.xml, "accession=\"MS:1000130\" name=\"positive scan\"",
            "accession=\"MS:1000127\" name=\"centroid spectrum\"");
  const Workplace place(text);
  place.expect_refused(2, {"brain.imzML", "--polarity positive"});
  EXPECT_EQ(run(place.annotate({"--polarity", "positive"})).exit_code, 0);
}

TEST(BadDataset, unsorted_mz_give_a_warning_and_the_same_results) {
  auto pixels = glucose_pixels();
  const Workplace sorted(sample(pixels));
  for (SamplePixel& pixel : pixels) {
    std::swap(pixel.mz[0], pixel.mz[2]);
    std::swap(pixel.intensity[0], pixel.intensity[2]);
  }
  const Workplace unsorted(sample(pixels));
  ASSERT_EQ(run(sorted.annotate()).exit_code, 0);
  const Finished done = run(unsorted.annotate());
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_NE(done.err.find("warning: "), std::string::npos);
  EXPECT_NE(done.err.find("16 of 16 spectra are not in ascending order"), std::string::npos)
      << done.err;
  EXPECT_EQ(content_of(sorted / "out/annotations.csv"),
            content_of(unsorted / "out/annotations.csv"));
}

TEST(BadDataset, a_wrong_checksum_is_a_warning_and_refused_when_strict) {
  SampleText text = glucose();
  text.ibd.back() = static_cast<char>(text.ibd.back() + 1);
  const Workplace place(text);
  place.expect_refused(1, {"brain", "SHA-1"}, {"--strict"});
  const Finished done = run(place.annotate());
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.err.find("warning: "), std::string::npos);
  EXPECT_NE(done.err.find("SHA-1"), std::string::npos) << done.err;
}

TEST(BadDataset, a_wrong_uuid_is_a_warning_and_refused_when_strict) {
  SampleText text = glucose();
  swap_text(text.xml, "{30313233", "{ff313233");
  const Workplace place(text);
  place.expect_refused(1, {"brain", "UUID"}, {"--strict"});
  EXPECT_EQ(run(place.annotate()).exit_code, 0);
}

}  // namespace
}  // namespace ionloom::app::testing
