#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "imaging/sample_images.h"
#include "imaging/spatial_metric.h"
#include "imaging/spectral_metric.h"

namespace ionloom::imaging {
namespace {

IonImage image(std::vector<std::uint32_t> pixels, std::vector<float> values) {
  return {.pixels = std::move(pixels), .values = std::move(values)};
}

// Sums 3 and 4 under the first image against theory 3 : 4: no difference, and exactly 1 counts as
// 0. Against theory 4 : 3: |0.6 - 0.8| twice, mean 0.2.
TEST(SpectralMetric, is_one_less_the_mean_difference_of_unit_vectors) {
  const std::vector<IonImage> images = {image({0, 1}, {1, 2}), image({0, 1, 2}, {3, 1, 9})};
  std::vector<float> scratch;
  const auto spectral = [&](const std::vector<IonImage>& of) {
    return spectral_metric(stack_of(of, 3), std::vector<float>{4, 3}, scratch);
  };
  EXPECT_NEAR(spectral(images), 0.8, 1e-7);
  EXPECT_EQ(spectral(std::vector<IonImage>(2)), 0);
}

// Pearson over 4 pixels of (1, 2, 3, 0) and (2, 4, 6, 0) is 1; of (1, 2, 3, 0) and (0, 0, 0, 5)
// negative, clipped to 0.
TEST(SpatialMetric, is_the_weighted_correlation_with_the_first_image) {
  const IonImage first = image({0, 1, 2}, {1, 2, 3});
  const std::vector<IonImage> same = {first, image({0, 1, 2}, {2, 4, 6})};
  const std::vector<IonImage> apart = {first, image({3}, {5})};
  const std::vector<float> theory = {100, 50};
  for (const auto arithmetic : {SpatialArithmetic::kDouble, SpatialArithmetic::kRunningSingle}) {
    EXPECT_NEAR(spatial_metric(stack_of(same, 4), theory, 4, arithmetic), 1, 1e-6);
    EXPECT_EQ(spatial_metric(stack_of(apart, 4), theory, 4, arithmetic), 0);
    EXPECT_EQ(spatial_metric(stack_of(same, 4), std::vector<float>{100, 0}, 4, arithmetic), 0);
  }
}

// What early rejection relies on, in every arithmetic and for intensities of any size.
TEST(SpatialMetric, is_zero_when_the_first_image_shares_no_pixel_with_another) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 400; ++trial) {
    const auto n = static_cast<std::uint32_t>(trial % 4 == 0 ? 70'000 : 2 + random() % 3000);
    const float scale = std::exp(static_cast<float>(random() % 180) - 95.0F);
    std::lognormal_distribution<float> intensity(0, static_cast<float>(random() % 5));
    std::vector<IonImage> images(4);
    const auto sparsity = 1 + random() % 40;
    for (std::uint32_t pixel = 0; pixel < n; ++pixel) {
      if (random() % sparsity != 0) continue;
      const bool first = random() % 2 == 0;
      for (std::size_t k = first ? 0 : 1; k < (first ? 1U : 4U); ++k) {
        images[k].pixels.push_back(pixel);
        images[k].values.push_back(scale * intensity(random));
      }
    }
    const IonStack stack = stack_of(images, n);
    for (const auto arithmetic : {SpatialArithmetic::kDouble, SpatialArithmetic::kRunningSingle}) {
      ASSERT_EQ(spatial_metric(stack, std::vector<float>{100, 50, 20, 5}, n, arithmetic), 0);
    }
  }
}

}  // namespace
}  // namespace ionloom::imaging
