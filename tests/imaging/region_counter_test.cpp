#include "imaging/region_counter.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::imaging {
namespace {

using Image = std::vector<std::vector<std::uint8_t>>;

std::uint64_t regions_by_flood_fill(const Image& image) {
  const int h = static_cast<int>(image.size());
  const int w = static_cast<int>(image[0].size());
  std::uint64_t sum = 0;
  for (int level = 1; level <= 30; ++level) {
    std::vector<bool> seen(static_cast<std::size_t>(w * h), false);
    const auto open = [&](int y, int x) {
      return y >= 0 && x >= 0 && y < h && x < w && !seen[static_cast<std::size_t>(y * w + x)] &&
             image[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] >= level;
    };
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        if (!open(y, x)) continue;
        ++sum;
        std::vector<std::pair<int, int>> pending = {{y, x}};
        while (!pending.empty()) {
          const auto [py, px] = pending.back();
          pending.pop_back();
          if (!open(py, px)) continue;
          seen[static_cast<std::size_t>(py * w + px)] = true;
          for (const auto& [dy, dx] : {std::pair{0, 1}, {0, -1}, {1, 0}, {-1, 0}}) {
            pending.emplace_back(py + dy, px + dx);
          }
        }
      }
    }
  }
  return sum;
}

std::uint64_t count(RegionCounter& counter, const Image& image) {
  counter.start();
  for (const auto& row : image) {
    const auto set = [](std::uint8_t level) { return level != 0; };
    const auto first = std::ranges::find_if(row, set);
    if (first == row.end()) {
      counter.add_empty_row();
      continue;
    }
    const auto last = std::find_if(row.rbegin(), row.rend(), set).base();
    std::ranges::copy(row, counter.row());
    counter.add_row(static_cast<std::size_t>(first - row.begin()),
                    static_cast<std::size_t>(last - row.begin()));
  }
  return counter.count();
}

/// Levels up to `highest`, each repeated along a row now and then, so that there are terraces.
Image random_image(std::size_t w, std::size_t h, int highest, std::mt19937& random) {
  Image image(h, std::vector<std::uint8_t>(w));
  for (auto& row : image) {
    const bool empty = random() % 6 == 0;
    for (std::size_t x = 0; x < w && !empty; ++x) {
      const bool repeat = x > 0 && random() % 2 == 0;
      row[x] = repeat ? row[x - 1] : static_cast<std::uint8_t>(random() % (highest + 1));
    }
  }
  return image;
}

TEST(RegionCounter, counts_what_flood_fill_finds_at_each_level) {
  std::mt19937 random(9);
  for (const std::size_t w : {1U, 2U, 3U, 17U, 63U, 64U, 65U, 130U}) {
    RegionCounter counter(w, 40);
    for (int trial = 0; trial < 30; ++trial) {
      const int highest = trial % 3 == 0 ? 1 : trial % 3 == 1 ? 4 : 30;
      const Image image = random_image(w, 1 + random() % 40, highest, random);
      ASSERT_EQ(count(counter, image), regions_by_flood_fill(image)) << w;
    }
  }
}

// A ring of level 3 around a hole, two pixels of level 5 on it that only the ring joins: levels 1
// to 3 have one region, 4 and 5 two.
TEST(RegionCounter, joins_tops_around_a_hole) {
  const Image ring = {{3, 3, 3}, {5, 0, 5}, {3, 3, 3}};
  RegionCounter counter(3, 3);
  EXPECT_EQ(count(counter, ring), 3U + 2 * 2);
}

}  // namespace
}  // namespace ionloom::imaging
