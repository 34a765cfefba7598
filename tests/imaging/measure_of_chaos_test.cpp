#include "imaging/measure_of_chaos.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "imaging/sample_images.h"

namespace ionloom::imaging {
namespace {

/// Lines that the reference keeps (engine, metrics.py): those near a line with peaks, as it does
/// it, or all if they are 90 %.
std::vector<std::size_t> kept_lines(const std::vector<bool>& peaks) {
  const std::size_t n = peaks.size();
  std::vector<bool> forward(n);
  for (std::size_t i = 0; i < n; ++i) {
    forward[i] = peaks[i] || (i >= 1 && peaks[i - 1]) || (i >= 2 && peaks[i - 2]);
  }
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < n; ++i) {
    if (forward[i] || (i + 2 < n && forward[i + 2])) kept.push_back(i);
  }
  return static_cast<double>(kept.size()) >= 0.9 * static_cast<double>(n) ? all : kept;
}

/// The definition, step by step: crop, 30 thresholds, dilation with the cross, erosion with the
/// square, flood fill.
double chaos_by_definition(const std::vector<float>& box, std::size_t width, std::size_t height) {
  std::vector<bool> row_peaks(height);
  std::vector<bool> column_peaks(width);
  for (std::size_t i = 0; i < box.size(); ++i) {
    if (box[i] == 0) continue;
    row_peaks[i / width] = true;
    column_peaks[i % width] = true;
  }
  const auto rows = kept_lines(row_peaks);
  const auto columns = kept_lines(column_peaks);
  const int w = static_cast<int>(columns.size());
  const int h = static_cast<int>(rows.size());
  std::vector<float> values;
  for (const std::size_t y : rows) {
    for (const std::size_t x : columns) values.push_back(box[y * width + x]);
  }
  const auto positive = std::ranges::count_if(box, [](float v) { return v > 0; });
  if (positive == 0) return 0;
  const float top = *std::ranges::max_element(values);
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
  for (int trial = 0; trial < 3000; ++trial) {
    const std::uint32_t w = static_cast<std::uint32_t>(1 + random() % (trial % 5 == 0 ? 80 : 14));
    const std::uint32_t h = static_cast<std::uint32_t>(1 + random() % 14);
    const auto emptiness = 1 + random() % 12;
    std::vector<float> values(w * h);
    for (float& value : values) {
      if (random() % emptiness == 0) value = static_cast<float>(1 + random() % 1000) / 7.0F;
    }
    const PixelGrid grid = full_grid(w, h);
    ChaosMeter meter(grid);
    ASSERT_EQ(meter.measure(image_of(values), ChaosRule::kFixed), chaos_by_definition(values, w, h))
        << w << " x " << h << ", trial " << trial;
  }
}

// Where the crop matters: peaks in the last line, none in the three before it.
TEST(MeasureOfChaos, equals_its_definition_when_the_crop_loses_a_line) {
  std::mt19937 random(8);
  for (int trial = 0; trial < 2000; ++trial) {
    const std::uint32_t n = static_cast<std::uint32_t>(2 + random() % 50);
    const std::uint32_t across = static_cast<std::uint32_t>(1 + random() % 9);
    const bool down = random() % 2 == 0;
    const std::uint32_t w = down ? across : n;
    const std::uint32_t h = down ? n : across;
    std::vector<float> values(n * across, 0.0F);
    const std::size_t lines[] = {n - 1, n - 1, n - 5 - random() % 2, random() % n};
    const bool with_a_band = trial % 5 == 0;  // of peaks at the start
    for (int i = 0; i < (with_a_band ? 80 : 12); ++i) {
      const bool in_band = with_a_band && i % 8 != 0;
      const std::size_t line = in_band ? random() % 16 : lines[random() % (trial % 2 == 0 ? 3 : 4)];
      if (line >= n) continue;  // before the first
      const std::size_t at = random() % across;
      values[down ? line * w + at : at * w + line] = static_cast<float>(1 + random() % 9);
    }
    PixelGrid grid{w, h, {}};
    IonImage image;
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0 && trial % 3 == 0 && random() % 2 == 0) continue;  // a hole of the grid
      if (values[i] != 0) {
        image.pixels.push_back(grid.pixel_count());
        image.values.push_back(values[i]);
      }
      grid.positions.push_back(i);
    }
    ChaosMeter meter(grid);
    ASSERT_EQ(meter.measure(image, ChaosRule::kFixed), chaos_by_definition(values, w, h))
        << w << " x " << h << ", trial " << trial;
  }
}

// One meter for many ions of a grid with holes: nothing of an image may be left for the next.
TEST(MeasureOfChaos, does_not_depend_on_the_images_before) {
  std::mt19937 random(9);
  PixelGrid grid{150, 40, {}};
  for (std::uint32_t i = 0; i < 150 * 40; ++i) {
    if (random() % 5 != 0) grid.positions.push_back(i);
  }
  ChaosMeter meter(grid);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<float> box(150 * 40, 0.0F);
    IonImage image;
    const auto emptiness = 1 + random() % (trial % 2 == 0 ? 4 : 200);
    for (std::uint32_t pixel = 0; pixel < grid.pixel_count(); ++pixel) {
      if (random() % emptiness != 0) continue;
      const float value = static_cast<float>(1 + random() % 1000);
      image.pixels.push_back(pixel);
      image.values.push_back(value);
      box[grid.positions[pixel]] = value;
    }
    ASSERT_EQ(meter.measure(image, ChaosRule::kFixed), chaos_by_definition(box, 150, 40));
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
