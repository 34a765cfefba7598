#include <cmath>

#include <gtest/gtest.h>

#include "imaging/ion_images.h"
#include "imaging/peak_table.h"
#include "imaging/spatial_metric.h"
#include "imaging/spectral_metric.h"

namespace ionloom::imaging {
namespace {

IonImage image(std::vector<std::uint32_t> pixels, std::vector<float> values) {
  return {.pixels = std::move(pixels), .values = std::move(values)};
}

TEST(Windows, include_both_ends) {
  const std::vector<Peak> peaks = {{99.9, 1, 0}, {100.0, 1, 1}, {100.5, 1, 2}, {101.0, 1, 3}};
  EXPECT_EQ(peaks_in_window(peaks, {100.0, 101.0}), (std::pair<std::size_t, std::size_t>{1, 4}));
}

TEST(IonImages, add_up_the_peaks_of_a_pixel) {
  const std::vector<Peak> peaks = {{100.0, 1, 3}, {100.1, 2, 0}, {100.2, 4, 3}};
  IonImageExtractor extractor(4);
  IonImage cut;
  extractor.extract(peaks, 0, 3, cut);
  EXPECT_EQ(cut.pixels, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(cut.values, (std::vector<float>{2, 5}));
}

// Sums 3 and 4 under the first image against theory 3 : 4: no difference, and exactly 1 counts as
// 0. Against theory 4 : 3: |0.6 - 0.8| twice, mean 0.2.
TEST(SpectralMetric, is_one_less_the_mean_difference_of_unit_vectors) {
  const std::vector<IonImage> images = {image({0, 1}, {1, 2}), image({0, 1, 2}, {3, 1, 9})};
  EXPECT_NEAR(spectral_metric(images, std::vector<float>{4, 3}), 0.8, 1e-7);
  EXPECT_EQ(spectral_metric(std::vector<IonImage>(2), std::vector<float>{4, 3}), 0);
}

// Pearson over 4 pixels of (1, 2, 3, 0) and (2, 4, 6, 0) is 1; of (1, 2, 3, 0) and (0, 0, 0, 5)
// negative, clipped to 0.
TEST(SpatialMetric, is_the_weighted_correlation_with_the_first_image) {
  const IonImage first = image({0, 1, 2}, {1, 2, 3});
  const std::vector<IonImage> same = {first, image({0, 1, 2}, {2, 4, 6})};
  const std::vector<IonImage> apart = {first, image({3}, {5})};
  const std::vector<float> theory = {100, 50};
  for (const auto arithmetic : {SpatialArithmetic::kDouble, SpatialArithmetic::kRunningSingle}) {
    EXPECT_NEAR(spatial_metric(same, theory, 4, arithmetic), 1, 1e-6);
    EXPECT_EQ(spatial_metric(apart, theory, 4, arithmetic), 0);
    EXPECT_EQ(spatial_metric(same, std::vector<float>{100, 0}, 4, arithmetic), 0);
  }
}

}  // namespace
}  // namespace ionloom::imaging
