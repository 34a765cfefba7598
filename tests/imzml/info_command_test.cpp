#include "app/info_command.h"

#include <limits>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample_dataset.h"

namespace ionloom::app {
namespace {

using imzml::testing::expect_parts;
using imzml::testing::sample;
using imzml::testing::SampleText;
using imzml::testing::ScratchFolder;
using imzml::testing::swap_text;
using imzml::testing::written;

struct Said {
  Result<void> result;
  std::string text;
};

Said info(const SampleText& text, bool json = false, bool strict = false) {
  const ScratchFolder folder;
  std::ostringstream out;
  auto result = run_info({.dataset = written(folder, text), .strict = strict, .json = json}, out);
  return {std::move(result), out.str()};
}

nlohmann::json json_of(const SampleText& text) {
  return nlohmann::json::parse(info(text, true).text);
}

TEST(InfoCommand, text_tells_what_is_in_a_dataset) {
  const Said said = info(sample());
  ASSERT_TRUE(said.result) << said.result.error().message();
  expect_parts(
      said.text,
      {"2 x 1 from x 1, y 1; 2 with a spectrum (100.0 %)", "4 with intensity above 0, of 5 values",
       "2 to 2, median 2", "100.5000 to 300.1250", "1 to 6", "positive", "centroid", "processed",
       "64-bit float, uncompressed", "32-bit float, uncompressed", "20 x 30.5 um", "LTQ Orbitrap",
       "sampler 1.0 (sample maker)", "SHA-1 agrees", "faults none", "warnings none"});
}

TEST(InfoCommand, values_stand_below_each_other) {
  std::istringstream lines(info(sample()).text);
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    ASSERT_GT(line.size(), 18U);
    EXPECT_EQ(line[17], ' ') << line;
    EXPECT_NE(line[18], ' ') << line;
  }
}

TEST(InfoCommand, json_tells_the_same) {
  const auto json = json_of(sample());
  EXPECT_EQ(json["width"], 2);
  EXPECT_EQ(json["height"], 1);
  EXPECT_EQ(json["spectra"], 2);
  EXPECT_EQ(json["covered_fraction"], 1.0);
  EXPECT_EQ(json["values_declared"], 5);
  EXPECT_EQ(json["peaks"], 4);
  EXPECT_EQ(json["peaks_per_spectrum"]["median"], 2);
  EXPECT_EQ(json["mz_range"], nlohmann::json::array({100.5, 300.125}));
  EXPECT_EQ(json["intensity_range"], nlohmann::json::array({1.0, 6.0}));
  EXPECT_EQ(json["polarity"], "positive");
  EXPECT_EQ(json["pixel_size_y_um"], 30.5);
  EXPECT_EQ(json["uuid_state"], "agrees");
  EXPECT_EQ(json["checksum_state"], "agrees");
  EXPECT_TRUE(json["faults"].empty());
  EXPECT_TRUE(json["warnings"].empty());
}

TEST(InfoCommand, oddities_are_counted) {
  auto pixels = imzml::testing::two_pixels();
  pixels.push_back(pixels[1]);
  pixels[2].z = 2;
  pixels[2].mz = {250.75, 150.5};
  pixels.push_back({.x = 4, .y = 2, .z = 1, .mz = {9}, .intensity = {0}});
  SampleText text = sample(pixels);
  text.ibd[0] = 'x';
  swap_text(text.xml, "name=\"m/z array\"", "name=\"\"");
  const auto json = json_of(text);
  EXPECT_EQ(json["width"], 4);
  EXPECT_EQ(json["height"], 2);
  EXPECT_EQ(json["pixels_with_spectrum"], 3);
  EXPECT_EQ(json["spectra_on_repeated_pixels"], 1);
  EXPECT_EQ(json["spectra_not_sorted"], 1);
  EXPECT_EQ(json["spectra_without_peaks"], 1);
  EXPECT_EQ(json["z_planes"], 2);
  EXPECT_EQ(json["uuid_state"], "differs");
  EXPECT_EQ(json["checksum_state"], "differs");
  EXPECT_EQ(json["warnings"].size(), 5U);  // name, pixel, z planes, UUID, checksum
}

TEST(InfoCommand, unreadable_spectra_are_faults_and_make_it_fail_after_the_description) {
  auto pixels = imzml::testing::two_pixels();
  pixels[1].mz[0] = std::numeric_limits<double>::quiet_NaN();
  const Said said = info(sample(pixels));
  expect_parts(said.text,
               {"2 with intensity above 0, of 5 values", "1 x  ", "spectrum 2 (x 2, y 1)"});
  ASSERT_FALSE(said.result);
  expect_parts(said.result.error().message(), {"1 of 2 spectra cannot be read", "spectrum 2"});
}

TEST(InfoCommand, a_dataset_that_cannot_be_opened_prints_nothing) {
  SampleText text = sample();
  text.ibd.resize(30);
  const Said said = info(text);
  EXPECT_TRUE(said.text.empty());
  ASSERT_FALSE(said.result);
  expect_parts(said.result.error().message(), {"brain.ibd", "2 of 2 spectra"});
}

TEST(InfoCommand, strict_refuses_a_wrong_checksum) {
  SampleText text = sample();
  text.ibd[20] = static_cast<char>(text.ibd[20] ^ 1);
  EXPECT_TRUE(info(text).result);
  const Said said = info(text, false, true);
  EXPECT_TRUE(said.text.empty());
  ASSERT_FALSE(said.result);
  expect_parts(said.result.error().message(), {"SHA-1", "--strict"});
}

TEST(InfoCommand, what_is_not_stated_is_said_or_null) {
  SampleText text = sample({{.x = 1, .y = 1, .z = 1, .mz = {}, .intensity = {}}});
  for (const char* accession : {"IMS:1000046", "IMS:1000047", "IMS:1000091", "IMS:1000080",
                                "MS:1000130", "MS:1000127", "IMS:1000031"}) {
    swap_text(text.xml, std::string("accession=\"") + accession, "accession=\"XX:1");
  }
  const auto json = json_of(text);
  for (const char* key :
       {"mz_range", "intensity_range", "pixel_size_x_um", "uuid", "checksum_type"}) {
    EXPECT_TRUE(json[key].is_null()) << key;
  }
  for (const char* key : {"polarity", "spectrum_kind", "layout", "uuid_state", "checksum_state"}) {
    EXPECT_EQ(json[key], "not stated") << key;
  }
  EXPECT_NE(info(text).text.find("pixel size        not stated"), std::string::npos);
}

}  // namespace
}  // namespace ionloom::app
