#include "imaging/measure_of_chaos.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::imaging {
namespace {

PixelGrid full_grid(std::uint32_t width, std::uint32_t height) {
  PixelGrid grid{width, height, std::vector<std::uint32_t>(width * height)};
  std::iota(grid.positions.begin(), grid.positions.end(), 0U);
  return grid;
}

IonImage image_of(const std::vector<float>& values) {
  IonImage image;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    image.pixels.push_back(i);
    image.values.push_back(values[i]);
  }
  return image;
}

/// The definition, step by step: 30 thresholds, dilation with the cross, erosion with the square,
/// flood fill. For images with peaks in every row and column, so that nothing is cropped.
double chaos_by_definition(const std::vector<float>& values, int w, int h) {
  const float top = *std::ranges::max_element(values);
  const auto positive = std::ranges::count_if(values, [](float v) { return v > 0; });
  int sum = 0;
  for (int level = 0; level < 30; ++level) {
    const float product = top * static_cast<float>(level);
    const float threshold = product / 30.0F;
    const auto set = [&](int y, int x) {
      return y >= 0 && x >= 0 && y < h && x < w &&
             values[static_cast<std::size_t>(y * w + x)] > threshold;
    };
    const auto dilated = [&](int y, int x) {
      return set(y, x) || set(y - 1, x) || set(y + 1, x) || set(y, x - 1) || set(y, x + 1);
    };
    std::vector<int> closed(static_cast<std::size_t>(w * h));
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        bool all = true;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            const bool inside = y + dy >= 0 && x + dx >= 0 && y + dy < h && x + dx < w;
            if (inside && !dilated(y + dy, x + dx)) all = false;
          }
        }
        closed[static_cast<std::size_t>(y * w + x)] = all ? 1 : 0;
      }
    }
    for (int start = 0; start < w * h; ++start) {
      if (closed[static_cast<std::size_t>(start)] != 1) continue;
      ++sum;
      std::vector<int> pending = {start};
      while (!pending.empty()) {
        const int at = pending.back();
        pending.pop_back();
        if (closed[static_cast<std::size_t>(at)] != 1) continue;
        closed[static_cast<std::size_t>(at)] = 2;
        if (at % w > 0) pending.push_back(at - 1);
        if (at % w < w - 1) pending.push_back(at + 1);
        if (at >= w) pending.push_back(at - w);
        if (at + w < w * h) pending.push_back(at + w);
      }
    }
  }
  if (sum == 0) return 0;
  return 1 - (sum / 30.0) / static_cast<double>(positive);
}

TEST(MeasureOfChaos, equals_its_definition_on_random_images) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 200; ++trial) {
    const std::uint32_t w = static_cast<std::uint32_t>(3 + random() % 14);
    const std::uint32_t h = static_cast<std::uint32_t>(3 + random() % 14);
    std::vector<float> values(w * h);
    for (float& value : values) {
      value = random() % 3 == 0 ? 0.0F : static_cast<float>(random() % 1000) / 7.0F;
    }
    for (std::uint32_t x = 0; x < w; ++x) values[(x % h) * w + x] = 5.0F;
    for (std::uint32_t y = 0; y < h; ++y) values[y * w + y % w] = 5.0F;
    const PixelGrid grid = full_grid(w, h);
    ChaosMeter meter(grid);
    EXPECT_EQ(meter.measure(image_of(values), ChaosRule::kFixed),
              chaos_by_definition(values, static_cast<int>(w), static_cast<int>(h)));
  }
}

// 9 x 9 constant: one region at every level, 81 positive pixels.
TEST(MeasureOfChaos, of_one_solid_square_is_one_less_its_share) {
  const PixelGrid grid = full_grid(9, 9);
  ChaosMeter meter(grid);
  const IonImage square = image_of(std::vector<float>(81, 3.0F));
  EXPECT_EQ(meter.measure(square, ChaosRule::kReference), 1 - 1.0 / 81);
}

TEST(MeasureOfChaos, of_nothing_and_of_single_pixels_is_zero) {
  const PixelGrid grid = full_grid(20, 20);
  ChaosMeter meter(grid);
  EXPECT_EQ(meter.measure(IonImage{}, ChaosRule::kReference), 0);
  std::vector<float> one(400, 0.0F);
  one[210] = 1;
  EXPECT_EQ(meter.measure(image_of(one), ChaosRule::kReference), 0);
}

// 320 x 320 in one piece: 1 - 1 / 102400 is within 1.001e-5 of 1.
TEST(MeasureOfChaos, of_a_large_image_in_one_piece_is_lost_unless_fixed) {
  const PixelGrid grid = full_grid(320, 320);
  ChaosMeter meter(grid);
  const IonImage image = image_of(std::vector<float>(102'400, 2.0F));
  EXPECT_EQ(meter.measure(image, ChaosRule::kReference), 0);
  EXPECT_EQ(meter.measure(image, ChaosRule::kFixed), 1 - 1.0 / 102'400);
}

}  // namespace
}  // namespace ionloom::imaging
