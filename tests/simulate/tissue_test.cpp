#include "simulate/tissue.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "simulate/smooth_field.h"

namespace ionloom::simulate {
namespace {

/// Sizes of the 4-connected pieces of the tissue, largest first.
std::vector<std::size_t> pieces(const Tissue& tissue) {
  std::set<std::uint32_t> left(tissue.pixels.begin(), tissue.pixels.end());
  std::vector<std::size_t> sizes;
  while (!left.empty()) {
    std::vector<std::uint32_t> open = {*left.begin()};
    left.erase(left.begin());
    std::size_t size = 0;
    while (!open.empty()) {
      const std::uint32_t p = open.back();
      open.pop_back();
      ++size;
      const auto visit = [&](std::uint32_t next) {
        if (left.erase(next) > 0) open.push_back(next);
      };
      if (tissue.x(p) > 0) visit(p - 1);
      if (tissue.x(p) + 1 < tissue.width) visit(p + 1);
      if (p >= tissue.width) visit(p - tissue.width);
      visit(p + tissue.width);
    }
    sizes.push_back(size);
  }
  std::sort(sizes.rbegin(), sizes.rend());
  return sizes;
}

TEST(Tissue, covers_exactly_the_share_that_was_asked_for) {
  EXPECT_EQ(make_tissue({.width = 150, .height = 100, .coverage = 0.8}, 1).pixels.size(), 12000U);
  EXPECT_EQ(make_tissue({.width = 50, .height = 40, .coverage = 1.0}, 1).pixels.size(), 2000U);
}

TEST(Tissue, coverage_that_is_drawn_lies_between_40_and_100_percent_and_is_often_whole) {
  int whole = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::size_t pixels =
        make_tissue({.width = 10, .height = 10, .coverage = {}}, seed).pixels.size();
    EXPECT_GE(pixels, 40U);
    whole += pixels == 100 ? 1 : 0;
  }
  EXPECT_NEAR(whole, 41, 15);
}

TEST(Tissue, is_one_to_three_blobs_with_hardly_a_speck_beside) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Tissue tissue = make_tissue({.width = 80, .height = 60, .coverage = 0.6}, seed);
    const std::vector<std::size_t> sizes = pieces(tissue);
    std::size_t in_blobs = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, sizes.size()); ++i) in_blobs += sizes[i];
    EXPECT_GT(in_blobs, tissue.pixels.size() * 98 / 100) << "seed " << seed;
  }
}

TEST(Tissue, fields_are_uniform_over_the_tissue_and_smooth) {
  const Tissue tissue = make_tissue({.width = 80, .height = 60, .coverage = 0.7}, 5);
  for (const std::vector<float>& field : tissue.fields) {
    double sum = 0;
    double step = 0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < tissue.pixels.size(); ++i) {
      sum += field[tissue.pixels[i]];
      if (i > 0 && tissue.pixels[i] == tissue.pixels[i - 1] + 1) {
        step += std::abs(field[tissue.pixels[i]] - field[tissue.pixels[i - 1]]);
        ++pairs;
      }
    }
    EXPECT_NEAR(sum / static_cast<double>(tissue.pixels.size()), 0.5, 1e-4);
    // Unrelated uniform neighbours would differ by 1/3 on average.
    EXPECT_LT(step / static_cast<double>(pairs), 0.17);
  }
}

TEST(Tissue, total_ion_current_spreads_as_drawn_and_changes_little_between_neighbours) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Tissue tissue = make_tissue({.width = 120, .height = 100, .coverage = 1.0}, seed);
    EXPECT_GE(tissue.tic_sd_ln, 0.3);
    EXPECT_LE(tissue.tic_sd_ln, 1.0);
    EXPECT_GE(tissue.tic_correlation_px, 5);
    EXPECT_LE(tissue.tic_correlation_px, 20);
    double squares = 0;
    for (const std::uint32_t p : tissue.pixels) squares += std::pow(std::log(tissue.tic[p]), 2);
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(tissue.pixels.size())), tissue.tic_sd_ln,
                0.01);
  }
}

TEST(Tissue, depth_is_0_at_the_rim_and_1_at_the_deepest_pixel) {
  const Tissue tissue = make_tissue({.width = 21, .height = 21, .coverage = 1.0}, 1);
  EXPECT_FLOAT_EQ(tissue.depth[0], 0.0F);
  EXPECT_FLOAT_EQ(tissue.depth[10 * 21 + 10], 1.0F);
  EXPECT_NEAR(tissue.depth[10 * 21 + 5], 0.5, 1e-6);
}

TEST(SmoothField, is_standardised_and_correlated_over_the_stated_distance) {
  RandomStream random(1, Purpose::kFields);
  const std::uint32_t side = 300;
  const std::vector<float> field = smooth_field(side, side, 10, random);
  double squares = 0;
  double product = 0;
  std::size_t pairs = 0;
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x + 10 < side; ++x) {
      squares += field[y * side + x] * field[y * side + x];
      product += field[y * side + x] * field[y * side + x + 10];
      ++pairs;
    }
  }
  EXPECT_NEAR(squares / static_cast<double>(pairs), 1, 0.05);
  // Gaussian correlation exp(-d^2 / (2 L^2)) at d = L.
  EXPECT_NEAR(product / static_cast<double>(pairs), 0.607, 0.1);
}

}  // namespace
}  // namespace ionloom::simulate
