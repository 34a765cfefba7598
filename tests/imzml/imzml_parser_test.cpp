#include "imzml/imzml_parser.h"

#include <gtest/gtest.h>

#include "sample_dataset.h"

namespace ionloom::imzml {
namespace {

using testing::expect_refused;
using testing::put;
using testing::read_all;
using testing::ReadDataset;
using testing::sample;
using testing::SampleText;
using testing::ScratchFolder;
using testing::swap_nth;
using testing::swap_text;
using testing::warned;

void expect_two_pixels(const ReadDataset& read) {
  ASSERT_EQ(read.mz.size(), 2U);
  EXPECT_EQ(read.mz[0], (std::vector<double>{100.5, 300.125}));
  EXPECT_EQ(read.intensity[0], (std::vector<float>{1, 3}));
  EXPECT_EQ(read.mz[1], (std::vector<double>{150.5, 250.75}));
  EXPECT_EQ(read.intensity[1], (std::vector<float>{5, 6}));
}

TEST(ImzmlParser, a_plain_file_is_read_without_a_warning) {
  const ReadDataset read = read_all(sample());
  expect_two_pixels(read);
  const Dataset& dataset = read.dataset;
  EXPECT_TRUE(dataset.warnings.empty());
  EXPECT_EQ(dataset.spectra[1].x, 2U);
  EXPECT_EQ(dataset.spectra[1].y, 1U);
  EXPECT_EQ(dataset.polarity, Polarity::kPositive);
  EXPECT_EQ(dataset.kind, SpectrumKind::kCentroid);
  EXPECT_EQ(dataset.layout, Layout::kProcessed);
  EXPECT_EQ(dataset.uuid, "30313233343536373839616263646566");
  EXPECT_EQ(dataset.checksum_type, "SHA-1");
  EXPECT_EQ(dataset.instrument, "LTQ Orbitrap");
  EXPECT_EQ(dataset.writer, "sampler 1.0 (sample maker)");
  EXPECT_EQ(dataset.pixel_size_x_um, 20);
  EXPECT_EQ(dataset.pixel_size_y_um, 30.5);
  EXPECT_EQ(dataset.declared_peaks(), 5U);
}

TEST(ImzmlParser, lines_of_spectra_are_kept_for_messages) {
  const SampleText text = sample();
  const auto before = text.xml.substr(0, text.xml.find("<spectrum id=\"spectrum=1\""));
  const auto line = static_cast<std::uint64_t>(std::ranges::count(before, '\n')) + 1;
  EXPECT_EQ(read_all(text).dataset.spectra[1].line, line);
}

TEST(ImzmlParser, namespace_prefixes_do_not_matter) {
  SampleText text = sample();
  swap_text(text.xml, "</", "</ns:");
  swap_text(text.xml, "<", "<ns:");
  swap_text(text.xml, "<ns:/ns:", "</ns:");
  swap_text(text.xml, "<ns:?xml", "<?xml");
  expect_two_pixels(read_all(text));
}

TEST(ImzmlParser, an_index_may_surround_the_file) {
  SampleText text = sample();
  swap_text(text.xml, "<mzML ", "<indexedmzML>\n<mzML ");
  swap_text(text.xml, "</mzML>", "</mzML>\n<indexListOffset>1</indexListOffset></indexedmzML>");
  expect_two_pixels(read_all(text));
}

TEST(ImzmlParser, latin_letters_are_read_whatever_encoding_the_file_claims) {
  for (const char* declared : {"ISO-8859-1", "windows-1252"}) {
    SampleText text = sample();
    swap_text(text.xml, "ISO-8859-1", declared);
    swap_text(text.xml, "sample maker",
              "Gie\xDF"
              "en");
    const ReadDataset read = read_all(text);
    expect_two_pixels(read);
    EXPECT_TRUE(read.dataset.warnings.empty()) << declared;
  }
  SampleText text = sample();
  swap_text(text.xml, "ISO-8859-1", "utf-8");
  swap_text(text.xml, "sample maker",
            "Gie\xDF"
            "en");
  const ReadDataset read = read_all(text);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings, {"brain.imzML", "not valid UTF-8", "Latin-1"}), 1U);
}

TEST(ImzmlParser, a_byte_order_mark_and_windows_line_ends_do_not_matter) {
  SampleText text = sample();
  swap_text(text.xml, "ISO-8859-1", "utf-8");
  swap_text(text.xml, "\n", "\r\n");
  text.xml.insert(0, "\xEF\xBB\xBF");
  expect_two_pixels(read_all(text));
}

TEST(ImzmlParser, arrays_may_be_described_in_themselves_alone) {
  SampleText text = sample();
  swap_text(text.xml, "<referenceableParamGroupRef ref=\"mzArray\"/>",
            "<cvParam accession=\"MS:1000514\" name=\"m/z array\"/>"
            "<cvParam accession=\"MS:1000523\" name=\"64-bit float\"/>");
  expect_two_pixels(read_all(text));
}

TEST(ImzmlParser, a_reference_to_an_unknown_group_is_a_warning_when_nothing_is_missing) {
  SampleText text = sample();
  swap_text(text.xml, "<scan>", "<scan><referenceableParamGroupRef ref=\"scan1\"/>");
  const ReadDataset read = read_all(text);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings, {"brain.imzML, line", "\"scan1\"", "does not define"}),
            2U);
}

TEST(ImzmlParser, the_name_of_a_data_type_wins_over_its_accession) {
  SampleText text = sample(testing::two_pixels(), {.mz_type = NumberType::kFloat32});
  swap_nth(text.xml, 1, "MS:1000521", "MS:1000523");
  const ReadDataset read = read_all(text);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings, {"MS:1000523", "\"32-bit float\"", "the name counts"}),
            1U);
}

TEST(ImzmlParser, empty_and_misspelt_names_are_warnings_counted_by_kind) {
  SampleText text = sample();
  swap_text(text.xml, "name=\"position x\"", "name=\"\"");
  swap_text(text.xml, "name=\"m/z array\"", "name=\"mz aray\"");
  const ReadDataset read = read_all(text);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings, {"IMS:1000050", "no name"}), 2U);
  EXPECT_EQ(warned(read.dataset.warnings, {"MS:1000514", "\"mz aray\""}), 1U);
}

TEST(ImzmlParser, centroid_named_profile_is_centroid_with_a_warning) {
  SampleText text = sample();
  swap_text(text.xml, "centroid spectrum", "profile spectrum");
  const ReadDataset read = read_all(text);
  EXPECT_EQ(read.dataset.kind, SpectrumKind::kCentroid);
  EXPECT_EQ(
      warned(read.dataset.warnings, {"MS:1000127", "\"profile spectrum\"", "accession counts"}),
      1U);
}

TEST(ImzmlParser, profile_data_are_warned_of) {
  SampleText text = sample();
  swap_text(text.xml, "MS:1000127\" name=\"centroid", "MS:1000128\" name=\"profile");
  const ReadDataset read = read_all(text);
  EXPECT_EQ(read.dataset.kind, SpectrumKind::kProfile);
  EXPECT_EQ(warned(read.dataset.warnings, {"brain.imzML", "profile spectra", "centroid"}), 1U);
}

TEST(ImzmlParser, polarity_may_stand_in_any_place_or_nowhere) {
  const std::string stated =
      "<cvParam cvRef=\"MS\" accession=\"MS:1000130\" name=\"positive scan\" value=\"\"/>\n";
  const std::string negative = "<cvParam accession=\"MS:1000129\" name=\"negative scan\"/>";
  SampleText text = sample();
  swap_text(text.xml, stated, "");
  EXPECT_EQ(read_all(text).dataset.polarity, Polarity::kUnknown);
  SampleText in_scan = text;
  swap_text(in_scan.xml, "<scan>", "<scan>" + negative);
  EXPECT_EQ(read_all(in_scan).dataset.polarity, Polarity::kNegative);
  SampleText in_file = text;
  swap_text(in_file.xml, "<fileContent>", "<fileContent>" + negative);
  EXPECT_EQ(read_all(in_file).dataset.polarity, Polarity::kNegative);
  SampleText mixed = sample();
  swap_nth(mixed.xml, 2, "<scan>", "<scan>" + negative);
  EXPECT_EQ(read_all(mixed).dataset.polarity, Polarity::kMixed);
}

TEST(ImzmlParser, the_encoded_length_may_be_missing_or_wrong) {
  SampleText missing = sample();
  swap_text(missing.xml, "IMS:1000104", "IMS:1999999");
  expect_two_pixels(read_all(missing));
  SampleText wrong = sample();
  swap_nth(wrong.xml, 1, "name=\"external encoded length\" value=\"24\"",
           "name=\"external encoded length\" value=\"25\"");
  const ReadDataset read = read_all(wrong);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings,
                   {"spectrum 1 (x 1, y 1)", "25 bytes", "3 values take 24", "values counts"}),
            1U);
}

TEST(ImzmlParser, offsets_may_be_written_as_real_numbers) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"16\"",
           "name=\"external offset\" value=\"1.6e+01\"");
  expect_two_pixels(read_all(text));
}

TEST(ImzmlParser, offsets_that_overflowed_32_bits_are_mended) {
  const std::vector<testing::SamplePixel> pixels(
      5, {.x = 1, .y = 1, .z = 1, .mz = {100}, .intensity = {1}});
  SampleText text = sample(pixels);
  // m/z offsets as a writer with int32 gives them for 16, 2^31, 2^32 - 8, 2^32 + 16 and
  // 2^32 + 2^31; worked by hand after pyimzML's rule.
  const std::vector<std::string> stated = {"16", "-2147483648", "-8", "16", "-2147483648"};
  const std::vector<std::uint64_t> expected = {16, 2147483648, 4294967288, 4294967312, 6442450944};
  for (int i = 0; i < 5; ++i) {
    const std::string offset = std::to_string(16 + 12 * i);
    swap_nth(text.xml, 1, "name=\"external offset\" value=\"" + offset + "\"",
             "name=\"external  offset\" value=\"" + stated[static_cast<std::size_t>(i)] + "\"");
  }
  const ScratchFolder folder;
  const auto dataset = parse_imzml(testing::written(folder, text));
  ASSERT_TRUE(dataset) << dataset.error().message();
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(dataset->spectra[i].mz.offset_bytes, expected[i]) << i;
    EXPECT_EQ(dataset->spectra[i].intensity.offset_bytes, 24 + 12 * i) << i;
  }
  EXPECT_EQ(warned(dataset->warnings, {"overflowed 32 bits"}), 4U);
}

TEST(ImzmlParser, a_third_array_is_left_out_with_a_warning) {
  SampleText text = sample();
  swap_text(text.xml, "</binaryDataArrayList>",
            "<binaryDataArray>"
            "<cvParam accession=\"MS:1003007\" name=\"raw ion mobility array\"/>"
            "<cvParam accession=\"MS:1000523\" name=\"64-bit float\"/>"
            "<cvParam accession=\"IMS:1000102\" name=\"external offset\" value=\"99999999\"/>"
            "<cvParam accession=\"IMS:1000103\" name=\"external array length\" value=\"3\"/>"
            "</binaryDataArray></binaryDataArrayList>");
  const ReadDataset read = read_all(text);
  expect_two_pixels(read);
  EXPECT_EQ(warned(read.dataset.warnings, {"neither m/z nor intensity", "left out"}), 2U);
}

TEST(ImzmlParser, a_list_shorter_than_it_states_is_warned_of) {
  SampleText text = sample();
  swap_text(text.xml, "<spectrumList count=\"2\"", "<spectrumList count=\"9\"");
  EXPECT_EQ(warned(read_all(text).dataset.warnings, {"states 9 spectra but holds 2"}), 1U);
}

// Cardinal writes both, and was seen to write a wrong MD5 beside a right SHA-1.
TEST(ImzmlParser, of_two_checksums_sha1_goes_first) {
  const std::string md5 = "<cvParam accession=\"IMS:1000090\" name=\"ibd MD5\" value=\"AB12\"/>\n";
  for (const bool before : {true, false}) {
    SampleText text = sample();
    swap_text(text.xml, before ? "<fileContent>\n" : "</fileContent>",
              before ? "<fileContent>\n" + md5 : md5 + "</fileContent>");
    const ReadDataset read = read_all(text);
    EXPECT_EQ(read.dataset.checksum_type, "SHA-1");
    EXPECT_EQ(read.dataset.checksum.size(), 40U);
    EXPECT_EQ(read.dataset.md5_beside_sha1, "ab12");
  }
}

TEST(ImzmlParser, the_instruments_model_is_told_from_its_serial_number) {
  SampleText text = sample();
  swap_text(text.xml,
            "<cvParam cvRef=\"MS\" accession=\"MS:1000449\" name=\"LTQ Orbitrap\" value=\"\"/>",
            "<cvParam accession=\"MS:1000529\" name=\"instrument serial number\" value=\"77\"/>"
            "<cvParam accession=\"MS:1000031\" name=\"instrument model\" value=\"timsTOF fleX\"/>");
  EXPECT_EQ(read_all(text).dataset.instrument, "timsTOF fleX");
  swap_text(text.xml, "MS:1000031\" name=\"instrument model",
            "MS:1000122\" name=\"Bruker Daltonics instrument model");
  EXPECT_EQ(read_all(text).dataset.instrument, "timsTOF fleX");
}

TEST(ImzmlParserFaults, truncated_xml_names_line_and_column_and_what_was_complete) {
  SampleText text = sample();
  const std::size_t second = text.xml.find("<spectrum id=\"spectrum=1\"");
  const auto line = std::ranges::count(text.xml.substr(0, second), '\n') + 1;
  text.xml.resize(second + 20);
  expect_refused(text, {"brain.imzML, line " + std::to_string(line) + ", column", "truncated",
                        "1 complete spectra", "Copy or export it again"});
}

TEST(ImzmlParserFaults, malformed_xml_names_line_and_column) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "</scan>", "</scam>");
  expect_refused(text, {"brain.imzML, line ", "column", "malformed XML", "mismatched tag",
                        "expected well-formed XML"});
}

TEST(ImzmlParserFaults, a_file_without_spectra_says_so) {
  SampleText text = sample({});
  expect_refused(text, {"brain.imzML", "holds no spectra", "expected at least one <spectrum>"});
}

TEST(ImzmlParserFaults, another_root_element_is_named) {
  SampleText text = sample();
  text.xml = "<?xml version=\"1.0\"?>\n<mzXML><scan/></mzXML>\n";
  expect_refused(text, {"brain.imzML", "not imzML", "<mzXML>", "expected <mzML>"});
}

TEST(ImzmlParserFaults, mzml_without_imaging_is_told_apart) {
  SampleText text = sample();
  for (const char* accession : {"IMS:1000050", "IMS:1000051", "IMS:1000052", "IMS:1000102"}) {
    swap_text(text.xml, accession, "MS:1000001");
  }
  swap_text(text.xml, "name=\"position", "name=\"sample");
  swap_text(text.xml, "name=\"external offset", "name=\"sample");
  expect_refused(text, {"line", "spectrum 1", "mzML, not imaging data", "expected imzML"});
}

TEST(ImzmlParserFaults, a_spectrum_without_position_is_named) {
  for (const char* axis : {"x", "y"}) {
    SampleText text = sample();
    const std::string accession = axis[0] == 'x' ? "IMS:1000050" : "IMS:1000051";
    swap_nth(text.xml, 2, accession, "MS:1000001");
    expect_refused(text, {"brain.imzML, line", "spectrum 2", std::string("no position ") + axis,
                          "expected " + accession});
  }
}

TEST(ImzmlParserFaults, garbage_coordinates_are_quoted) {
  for (const char* value : {"abc", "-3", "1.5", "", "5000000000", "nan"}) {
    SampleText text = sample();
    swap_nth(text.xml, 2, "name=\"position y\" value=\"1\"",
             std::string("name=\"position y\" value=\"") + value + "\"");
    expect_refused(text, {"brain.imzML, line", "spectrum 2", "position y (IMS:1000051)",
                          std::string("\"") + value + "\"", "expected a whole number"});
  }
}

TEST(ImzmlParserFaults, arrays_of_unequal_length_are_counted) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "name=\"external array length\" value=\"3\"",
           "name=\"external array length\" value=\"2\"");
  expect_refused(text, {"brain.imzML, line", "spectrum 1", "2 m/z values but 3 intensities",
                        "(x 1, y 1)", "expected equally many"});
}

TEST(ImzmlParserFaults, a_missing_array_is_named) {
  SampleText text = sample();
  swap_nth(text.xml, 2, "<referenceableParamGroupRef ref=\"intensityArray\"/>", "");
  expect_refused(text, {"spectrum 2", "no intensity array (x 2, y 1)", "MS:1000515"});
  text = sample();
  swap_nth(text.xml, 1, "<referenceableParamGroupRef ref=\"mzArray\"/>", "");
  expect_refused(text, {"spectrum 1", "no m/z array (x 1, y 1)", "MS:1000514"});
}

TEST(ImzmlParserFaults, an_array_without_offset_length_or_type_is_named) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "IMS:1000102\" name=\"external offset", "MS:1\" name=\"x");
  expect_refused(text, {"spectrum 1", "m/z array", "no external offset", "IMS:1000102"});
  text = sample();
  swap_nth(text.xml, 2, "IMS:1000103\" name=\"external array length", "MS:1\" name=\"x");
  expect_refused(text,
                 {"spectrum 1", "intensity array", "no external array length", "IMS:1000103"});
  text = sample();
  swap_nth(text.xml, 1, "MS:1000523\" name=\"64-bit float", "MS:1\" name=\"x");
  expect_refused(text, {"spectrum 1", "m/z array", "no number type", "MS:1000521"});
}

TEST(ImzmlParserFaults, unknown_compressions_and_types_are_refused_by_name) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "MS:1000576\" name=\"no compression",
           "MS:1002312\" name=\"MS-Numpress linear prediction compression");
  expect_refused(text, {"brain.imzML, line", "MS-Numpress linear prediction compression",
                        "MS:1002312", "expected none or zlib"});
  text = sample();
  swap_nth(text.xml, 1, "MS:1000523\" name=\"64-bit float", "MS:1000520\" name=\"16-bit float");
  expect_refused(text, {"brain.imzML, line", "\"16-bit float\"", "MS:1000520", "expected 32- or"});
}

TEST(ImzmlParserFaults, offsets_and_lengths_that_are_no_numbers_are_quoted) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"16\"",
           "name=\"external offset\" value=\"sixteen\"");
  expect_refused(text, {"spectrum 1", "external offset (IMS:1000102) is \"sixteen\"",
                        "expected a number of bytes"});
  text = sample();
  swap_nth(text.xml, 1, "name=\"external array length\" value=\"3\"",
           "name=\"external array length\" value=\"-3\"");
  expect_refused(text, {"spectrum 1", "external array length (IMS:1000103) is \"-3\"",
                        "expected a whole number"});
}

}  // namespace
}  // namespace ionloom::imzml
