#include <cmath>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include "imzml/dataset.h"
#include "imzml/spectrum_reader.h"
#include "sample_dataset.h"

// Whatever happens to a file's bytes, reading it ends in a dataset or in an error with a sentence.

namespace ionloom::imzml {
namespace {

using testing::sample;
using testing::SampleText;
using testing::ScratchFolder;

/// Damages one random place: a bit, a digit, a deleted or repeated stretch, or the end cut off.
void damage(std::string& bytes, std::mt19937& random) {
  if (bytes.empty()) return;
  const std::size_t at = random() % bytes.size();
  const std::size_t count = std::min<std::size_t>(1 + random() % 40, bytes.size() - at);
  switch (random() % 6) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      return;
    case 1:
      bytes[at] = static_cast<char>(random() % 256);
      return;
    case 2:
      bytes.erase(at, count);
      return;
    case 3:
      bytes.insert(at, bytes.substr(at, count));
      return;
    case 4:
      bytes.resize(at);
      return;
    default:
      break;
  }
  // A number becomes another one: most damage elsewhere only breaks the XML.
  const std::size_t digit = bytes.find_first_of("0123456789", at);
  if (digit == std::string::npos) return;
  constexpr const char* kNumbers[] = {"-",    "9",           "99999999999", "4294967295",
                                      "1e18", "-2147483648", ".5",          "18446744073709551615",
                                      ""};
  bytes.replace(digit, 1, kNumbers[random() % std::size(kNumbers)]);
}

struct Outcome {
  int opened = 0;
  int read = 0;
};

void try_out(const ScratchFolder& folder, const SampleText& text, Outcome& outcome) {
  const auto dataset = open_dataset(testing::written(folder, text));
  if (!dataset) {
    ASSERT_GT(dataset.error().message().size(), 20U);
    return;
  }
  ++outcome.opened;
  const auto reader = SpectrumReader::open(*dataset);
  ASSERT_TRUE(reader);
  Peaks peaks;
  for (std::size_t i = 0; i < dataset->spectra.size(); ++i) {
    const auto read = reader->read(i, peaks);
    if (!read) {
      ASSERT_GT(read.error().message().size(), 20U);
      continue;
    }
    ++outcome.read;
    ASSERT_EQ(peaks.mz.size(), peaks.intensity.size());
    for (const double mz : peaks.mz) ASSERT_TRUE(mz >= 0 && std::isfinite(mz));
  }
}

void expect_survival(const SampleText& whole, bool in_xml, std::uint32_t seed, int times) {
  std::mt19937 random(seed);
  const ScratchFolder folder;
  Outcome outcome;
  for (int i = 0; i < times; ++i) {
    SampleText text = whole;
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      damage(in_xml ? text.xml : text.ibd, random);
    }
    SCOPED_TRACE(i);
    try_out(folder, text, outcome);
  }
  // The test would show nothing if all or none of the files were still readable.
  EXPECT_GT(outcome.opened, 0);
  EXPECT_LT(outcome.opened, times);
  EXPECT_GT(outcome.read, 0);
}

TEST(DamagedBytes, damaged_xml_is_read_or_refused_in_words) {
  expect_survival(sample(), true, 1, 2000);
}

TEST(DamagedBytes, damaged_xml_of_compressed_data_is_read_or_refused_in_words) {
  expect_survival(sample(testing::two_pixels(), {.zlib = true}), true, 2, 1000);
}

TEST(DamagedBytes, damaged_ibd_is_read_or_refused_in_words) {
  expect_survival(sample(), false, 3, 500);
  expect_survival(sample(testing::two_pixels(), {.zlib = true}), false, 4, 1000);
}

TEST(DamagedBytes, every_shorter_file_is_refused) {
  const SampleText whole = sample();
  const ScratchFolder folder;
  const std::size_t root_end = whole.xml.rfind('>');
  for (std::size_t size = 0; size <= root_end; size += 7) {
    SampleText text = whole;
    text.xml.resize(size);
    ASSERT_FALSE(open_dataset(testing::written(folder, text))) << "XML of " << size << " bytes";
  }
  for (std::size_t size = 0; size < whole.ibd.size(); ++size) {
    SampleText text = whole;
    text.ibd.resize(size);
    ASSERT_FALSE(open_dataset(testing::written(folder, text))) << ".ibd of " << size << " bytes";
  }
}

}  // namespace
}  // namespace ionloom::imzml
