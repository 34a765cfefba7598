#include "imzml/spectrum_reader.h"

#include <cmath>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "sample_dataset.h"

namespace ionloom::imzml {
namespace {

using testing::expect_parts;
using testing::read_all;
using testing::sample;
using testing::SamplePixel;
using testing::SampleText;
using testing::ScratchFolder;
using testing::swap_nth;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The message of reading spectrum `index` of this dataset.
std::string refusal(const SampleText& text, std::size_t index) {
  const ScratchFolder folder;
  const auto dataset = open_dataset(testing::written(folder, text));
  EXPECT_TRUE(dataset) << dataset.error().message();
  if (!dataset) return {};
  const auto reader = SpectrumReader::open(*dataset);
  EXPECT_TRUE(reader);
  Peaks peaks;
  const auto read = reader->read(index, peaks);
  EXPECT_FALSE(read) << "the spectrum was accepted";
  return read ? std::string() : read.error().message();
}

TEST(SpectrumReader, every_pair_of_number_types_gives_the_same_peaks) {
  constexpr NumberType kTypes[] = {NumberType::kFloat32, NumberType::kFloat64, NumberType::kInt8,
                                   NumberType::kInt16,   NumberType::kInt32,   NumberType::kInt64};
  const std::vector<SamplePixel> pixels = {
      {.x = 1, .y = 1, .z = 1, .mz = {50, 60, 70}, .intensity = {1, 0, 3}},
      {.x = 2, .y = 1, .z = 1, .mz = {80, 90, 100}, .intensity = {5, 6, -7}}};
  for (const NumberType mz : kTypes) {
    for (const NumberType intensity : kTypes) {
      for (const bool zlib : {false, true}) {
        for (const bool continuous : {false, true}) {
          const auto read = read_all(sample(pixels, {.mz_type = mz,
                                                     .intensity_type = intensity,
                                                     .zlib = zlib,
                                                     .continuous = continuous}));
          ASSERT_EQ(read.mz.size(), 2U);
          EXPECT_EQ(read.mz[0], (std::vector<double>{50, 70}));
          EXPECT_EQ(read.intensity[0], (std::vector<float>{1, 3}));
          EXPECT_EQ(read.mz[1],
                    (continuous ? std::vector<double>{50, 60} : std::vector<double>{80, 90}));
          EXPECT_EQ(read.intensity[1], (std::vector<float>{5, 6}));
          EXPECT_TRUE(read.dataset.warnings.empty());
        }
      }
    }
  }
}

TEST(SpectrumReader, peaks_without_positive_intensity_are_dropped) {
  const auto read = read_all(sample({{.x = 1,
                                      .y = 1,
                                      .z = 1,
                                      .mz = {1, 2, 3, 4, 5, kNan, -7},
                                      .intensity = {1, 0, -2, kNan, kInfinity, 0, 0}}}));
  ASSERT_EQ(read.mz.size(), 1U);
  EXPECT_EQ(read.mz[0], (std::vector<double>{1, 5}));
  EXPECT_EQ(read.intensity[0], (std::vector<float>{1, std::numeric_limits<float>::infinity()}));
}

TEST(SpectrumReader, intensities_are_filtered_in_their_own_type_before_they_are_rounded) {
  const auto read =
      read_all(sample({{.x = 1, .y = 1, .z = 1, .mz = {1, 2}, .intensity = {1e-60, 16777217}}},
                      {.intensity_type = NumberType::kFloat64}));
  ASSERT_EQ(read.mz.size(), 1U);
  EXPECT_EQ(read.intensity[0], (std::vector<float>{0.0F, 16777216.0F}));
}

TEST(SpectrumReader, mz_of_zero_is_accepted) {
  const auto read = read_all(sample({{.x = 1, .y = 1, .z = 1, .mz = {0}, .intensity = {1}}}));
  EXPECT_EQ(read.mz.at(0), (std::vector<double>{0}));
}

TEST(SpectrumReader, mz_that_is_no_mass_is_refused_with_its_position) {
  for (const double mz : {kNan, kInfinity, -kInfinity, -1.0}) {
    auto pixels = testing::two_pixels();
    pixels[1].mz[1] = mz;
    expect_parts(refusal(sample(pixels), 1), {"brain.ibd, spectrum 2 (x 2, y 1)",
                                              "m/z of peak 2 is", "expected a finite number"});
  }
}

TEST(SpectrumReader, unsorted_mz_are_told) {
  const ScratchFolder folder;
  auto pixels = testing::two_pixels();
  pixels[1].mz = {250.75, 150.5};
  const auto dataset = open_dataset(testing::written(folder, sample(pixels)));
  ASSERT_TRUE(dataset);
  const auto reader = SpectrumReader::open(*dataset);
  ASSERT_TRUE(reader);
  Peaks peaks;
  ASSERT_TRUE(reader->read(1, peaks));
  EXPECT_FALSE(peaks.sorted);
  ASSERT_TRUE(reader->read(0, peaks));
  EXPECT_TRUE(peaks.sorted);
}

TEST(SpectrumReader, damaged_zlib_data_are_refused) {
  SampleText text = sample(testing::two_pixels(), {.zlib = true});
  text.ibd[18] = static_cast<char>(text.ibd[18] ^ 0x7F);
  expect_parts(refusal(text, 0),
               {"brain.ibd, spectrum 1 (x 1, y 1)", "zlib data are damaged", "expected 24"});
}

TEST(SpectrumReader, zlib_data_of_another_length_are_refused) {
  for (const char* length : {"2", "4"}) {
    SampleText text = sample(testing::two_pixels(), {.zlib = true});
    const std::string from = "name=\"external array length\" value=\"3\"";
    const std::string to = std::string("name=\"external array length\" value=\"") + length + "\"";
    swap_nth(text.xml, 1, from, to);
    swap_nth(text.xml, 1, from, to);
    expect_parts(refusal(text, 0), {"spectrum 1 (x 1, y 1)", "zlib data are damaged"});
  }
}

TEST(SpectrumReader, a_few_bytes_cannot_claim_to_hold_gigabytes) {
  SampleText text = sample(testing::two_pixels(), {.zlib = true});
  const std::string from = "name=\"external array length\" value=\"3\"";
  swap_nth(text.xml, 1, from, "name=\"external array length\" value=\"500000000\"");
  swap_nth(text.xml, 1, from, "name=\"external array length\" value=\"500000000\"");
  testing::expect_refused(text, {"spectrum 1 (x 1, y 1)", "500000000 values cannot come out of",
                                 "zlib-compressed bytes"});
}

TEST(SpectrumReader, zlib_without_encoded_length_is_refused) {
  SampleText text = sample(testing::two_pixels(), {.zlib = true});
  testing::swap_text(text.xml, "IMS:1000104\" name=\"external encoded length", "MS:1\" name=\"x");
  testing::expect_refused(text,
                          {"spectrum 1 (x 1, y 1)", "no external encoded length", "IMS:1000104"});
}

TEST(SpectrumReader, a_file_that_changed_size_is_not_opened) {
  const ScratchFolder folder;
  const auto dataset = open_dataset(testing::written(folder, sample()));
  ASSERT_TRUE(dataset);
  testing::put(folder / "brain.ibd", "short");
  const auto reader = SpectrumReader::open(*dataset);
  ASSERT_FALSE(reader);
  expect_parts(reader.error().message(), {"brain.ibd", "has 5 bytes now", "had 76"});
}

TEST(SpectrumReader, a_file_cut_while_it_is_read_gives_an_error) {
  const ScratchFolder folder;
  const auto dataset = open_dataset(testing::written(folder, sample()));
  ASSERT_TRUE(dataset);
  const auto reader = SpectrumReader::open(*dataset);
  ASSERT_TRUE(reader);
  std::filesystem::resize_file(folder / "brain.ibd", 60);
  Peaks peaks;
  EXPECT_TRUE(reader->read(0, peaks));
  const auto read = reader->read(1, peaks);
  ASSERT_FALSE(read);
  expect_parts(read.error().message(), {"brain.ibd, spectrum 2 (x 2, y 1)", "now ends at byte 60"});
}

TEST(SpectrumReader, threads_may_read_at_once) {
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 200; ++i) {
    pixels.push_back(
        {.x = i + 1, .y = 1, .z = 1, .mz = {100.0 + i, 400.0}, .intensity = {1.0 + i, 2}});
  }
  const ScratchFolder folder;
  const auto dataset = open_dataset(testing::written(folder, sample(pixels)));
  ASSERT_TRUE(dataset);
  const auto reader = SpectrumReader::open(*dataset);
  ASSERT_TRUE(reader);
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      Peaks peaks;
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        const bool right = reader->read(i, peaks) && peaks.mz == pixels[i].mz;
        wrong[t] += right ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace ionloom::imzml
