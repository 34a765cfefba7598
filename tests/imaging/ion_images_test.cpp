#include "imaging/ion_images.h"

#include <bit>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "imaging/sample_images.h"

namespace ionloom::imaging {
namespace {

TEST(IonImages, add_up_the_peaks_of_a_pixel) {
  const std::vector<Peak> peaks = {{100.0, 1, 3}, {100.1, 2, 0}, {100.2, 4, 3}};
  IonImageExtractor extractor(4);
  IonImage cut;
  extractor.extract(peaks, {0, 3}, cut);
  EXPECT_EQ(cut.pixels, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(cut.values, (std::vector<float>{2, 5}));
}

/// Peaks that often share a pixel, one in `zeros` with intensity 0.
std::vector<Peak> random_peaks(std::size_t count, std::uint32_t pixels, std::uint32_t zeros,
                               std::mt19937& random) {
  std::lognormal_distribution<float> intensity(3, 3);
  std::vector<Peak> peaks(count);
  for (Peak& peak : peaks) {
    peak.intensity = zeros > 0 && random() % zeros == 0 ? 0.0F : intensity(random);
    peak.pixel = static_cast<std::uint32_t>(random() % pixels);
  }
  return peaks;
}

std::vector<PeakRange> random_ranges(std::size_t images, std::size_t peaks, std::mt19937& random) {
  std::vector<PeakRange> ranges(images);
  for (PeakRange& range : ranges) {
    range.first = random() % peaks;
    range.last = range.first + random() % (peaks - range.first + 1);
    if (random() % 5 == 0) range.last = range.first;
  }
  return ranges;
}

TEST(IonImages, are_sums_in_order_of_the_peaks_alone_and_side_by_side) {
  std::mt19937 random(5);
  for (const std::uint32_t pixels : {1U, 63U, 64U, 500U, 9000U, 300'000U}) {
    IonImageExtractor extractor(pixels);
    IonStack stack;
    for (int trial = 0; trial < 40; ++trial) {
      const std::uint32_t zeros = trial % 3 == 0 ? 4 : 0;
      const std::vector<Peak> peaks = random_peaks(1 + random() % 400, pixels, zeros, random);
      const auto ranges = random_ranges(1 + random() % 9, peaks.size(), random);
      std::map<std::uint32_t, std::vector<float>> expected;
      for (std::size_t k = 0; k < ranges.size(); ++k) {
        std::map<std::uint32_t, float> image;
        for (std::size_t i = ranges[k].first; i < ranges[k].last; ++i) {
          image[peaks[i].pixel] += peaks[i].intensity;
        }
        IonImage cut;
        extractor.extract(peaks, ranges[k], cut);
        ASSERT_EQ(cut.pixels.size(), image.size());
        std::size_t at = 0;
        for (const auto& [pixel, value] : image) {
          ASSERT_EQ(cut.pixels[at], pixel);
          ASSERT_EQ(std::bit_cast<std::uint32_t>(cut.values[at]),
                    std::bit_cast<std::uint32_t>(value));
          ++at;
          if (value == 0) continue;
          auto& row = expected[pixel];
          row.resize(ranges.size(), 0.0F);
          row[k] = value;
        }
      }
      extractor.extract(peaks, ranges, stack);
      ASSERT_EQ(stack.rows, expected.size());
      std::size_t row = 0;
      for (const auto& [pixel, values] : expected) {
        ASSERT_EQ(stack.pixels()[row], pixel);
        for (std::size_t k = 0; k < values.size(); ++k) {
          ASSERT_EQ(stack.row(row)[k], values[k]);
        }
        for (std::size_t k = values.size(); k < stack.groups * IonStack::kGroup; ++k) {
          ASSERT_EQ(stack.row(row)[k], 0);
        }
        ++row;
      }
    }
  }
}

TEST(IonImages, share_a_pixel_only_with_the_first) {
  IonImageExtractor extractor(200);
  const auto share = [&](const std::vector<IonImage>& images) {
    const ImagePeaks made = peaks_of(images);
    return extractor.share_a_pixel(made.peaks, made.ranges);
  };
  const IonImage first = {{3, 70, 150}, {1, 1, 1}};
  EXPECT_TRUE(share({first, {{4}, {1}}, {{9, 150}, {1, 1}}}));
  EXPECT_FALSE(share({first, {{4, 9}, {1, 1}}, {{9, 151}, {1, 1}}}));
  EXPECT_FALSE(share({{}, first, first}));
}

}  // namespace
}  // namespace ionloom::imaging
