#include "simulate/imzml_writer.h"

#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "simulate/parsed_imzml.h"
#include "support/scratch_folder.h"

namespace ionloom::simulate {
namespace {

using test_support::content_of;
using test_support::ScratchFolder;

template <class T>
std::vector<T> array_at(const std::string& ibd, const ParsedImzml::Array& array) {
  std::vector<T> values(array.length);
  EXPECT_EQ(array.encoded_bytes, array.length * sizeof(T));
  EXPECT_LE(array.offset + array.encoded_bytes, ibd.size());
  std::memcpy(values.data(), ibd.data() + array.offset, array.encoded_bytes);
  return values;
}

void write_two_spectra(const std::filesystem::path& stem, ImzmlHeader header) {
  header.spectra = 2;
  header.width = 3;
  header.height = 2;
  for (std::size_t i = 0; i < 16; ++i) header.uuid[i] = static_cast<std::uint8_t>(16 * i + i);
  Result<ImzmlWriter> writer = ImzmlWriter::create(stem, header);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(
      writer->append(1, 1, std::array{100.125, 200.0625, 300.5}, std::array{1.0F, 5.0F, 2.5F}));
  ASSERT_TRUE(writer->append(3, 2, std::array{150.25}, std::array{7.0F}));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(writer->peaks(), 4U);
  const std::array<files::OutputFile*, 2> both = {&writer->ibd(), &writer->imzml()};
  ASSERT_TRUE(files::publish(both));
}

TEST(ImzmlWriter, writes_well_formed_xml_whose_offsets_find_the_peaks) {
  const ScratchFolder folder;
  write_two_spectra(folder / "d", {});
  const ParsedImzml parsed = parse_imzml(folder / "d.imzML");
  EXPECT_EQ(parsed.error, "");
  EXPECT_EQ(parsed.declared_spectra, 2U);
  ASSERT_EQ(parsed.spectra.size(), 2U);
  const std::string ibd = content_of(folder / "d.ibd");
  EXPECT_EQ(array_at<double>(ibd, parsed.spectra[0].mz),
            (std::vector<double>{100.125, 200.0625, 300.5}));
  EXPECT_EQ(array_at<float>(ibd, parsed.spectra[0].intensity),
            (std::vector<float>{1.0F, 5.0F, 2.5F}));
  EXPECT_EQ(array_at<double>(ibd, parsed.spectra[1].mz), std::vector<double>{150.25});
  EXPECT_EQ(parsed.spectra[1].x, 3U);
  EXPECT_EQ(parsed.spectra[1].y, 2U);
  EXPECT_DOUBLE_EQ(parsed.spectra[0].tic, 8.5);
  EXPECT_NEAR(parsed.spectra[0].lowest_mz, 100.125, 1e-6);
  EXPECT_NEAR(parsed.spectra[0].highest_mz, 300.5, 1e-6);
  EXPECT_EQ(ibd.size(), 16U + 4 * 12);
}

TEST(ImzmlWriter, states_uuid_and_sha1_of_the_ibd) {
  const ScratchFolder folder;
  write_two_spectra(folder / "d", {});
  ParsedImzml parsed = parse_imzml(folder / "d.imzML");
  const std::string ibd = content_of(folder / "d.ibd");
  EXPECT_EQ(parsed.terms["IMS:1000091"], sha1_of(ibd));
  EXPECT_EQ(parsed.terms["IMS:1000080"], "{00112233-4455-6677-8899-AABBCCDDEEFF}");
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(static_cast<unsigned char>(ibd[i]), 16 * i + i);
  }
}

TEST(ImzmlWriter, states_mode_polarity_geometry_and_analyser) {
  const ScratchFolder folder;
  write_two_spectra(
      folder / "d",
      {.pixel_size_um = 25, .polarity = Polarity::kNegative, .analyzer = Analyzer::kOrbitrap});
  ParsedImzml parsed = parse_imzml(folder / "d.imzML");
  for (const char* accession : {"IMS:1000031", "MS:1000127", "MS:1000129", "MS:1000484"}) {
    EXPECT_EQ(parsed.terms.count(accession), 1U) << accession;
  }
  EXPECT_EQ(parsed.terms.count("MS:1000130"), 0U);
  EXPECT_EQ(parsed.terms["IMS:1000042"], "3");
  EXPECT_EQ(parsed.terms["IMS:1000043"], "2");
  EXPECT_EQ(parsed.terms["IMS:1000044"], "75");
  EXPECT_EQ(parsed.terms["IMS:1000046"], "25");
}

TEST(ImzmlWriter, can_write_mz_in_32_bits) {
  const ScratchFolder folder;
  write_two_spectra(folder / "d", {.mz_as_f32 = true});
  const ParsedImzml parsed = parse_imzml(folder / "d.imzML");
  const std::string ibd = content_of(folder / "d.ibd");
  EXPECT_EQ(ibd.size(), 16U + 4 * 8);
  EXPECT_EQ(array_at<float>(ibd, parsed.spectra[0].mz),
            (std::vector<float>{100.125F, 200.0625F, 300.5F}));
  EXPECT_EQ(parsed.terms.count("MS:1000523"), 0U);
}

TEST(ImzmlWriter, an_abandoned_writer_leaves_nothing) {
  const ScratchFolder folder;
  {
    Result<ImzmlWriter> writer = ImzmlWriter::create(folder / "d", {.spectra = 1});
    ASSERT_TRUE(writer);
    EXPECT_EQ(folder.names().size(), 2U);
  }
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace ionloom::simulate
