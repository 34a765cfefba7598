#include "chem/mass_order.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::chem {
namespace {

using Peaks = std::vector<PatternPeak>;

Peaks compared(Peaks peaks) {
  std::ranges::sort(peaks, [](const PatternPeak& a, const PatternPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.intensity > b.intensity;
  });
  return peaks;
}

Peaks ordered(Peaks peaks) {
  MassOrder().sort(peaks);
  return peaks;
}

void expect_equal(const Peaks& found, const Peaks& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].mz, expected[i].mz) << i;
    EXPECT_EQ(found[i].intensity, expected[i].intensity) << i;
  }
}

/// Peaks at random masses in [centre - spread, centre + spread], in units of `unit`.
Peaks random_peaks(std::size_t count, double spread, double unit, std::mt19937& random) {
  std::uniform_real_distribution<double> mass(-spread, spread);
  std::uniform_real_distribution<double> intensity(1e-4, 1);
  Peaks peaks(count);
  for (PatternPeak& peak : peaks) {
    peak = {700 + unit * std::floor(mass(random) / unit), intensity(random)};
  }
  return peaks;
}

TEST(mass_order, any_number_of_peaks_is_sorted_by_mass) {
  std::mt19937 random(1);
  for (std::size_t count = 1; count < 300; ++count) {
    const Peaks peaks = random_peaks(count, 6, 1e-6, random);
    expect_equal(ordered(peaks), compared(peaks));
  }
}

TEST(mass_order, equal_masses_are_sorted_by_falling_intensity) {
  std::mt19937 random(2);
  const Peaks peaks = random_peaks(60, 3, 0.25, random);  // 24 masses
  expect_equal(ordered(peaks), compared(peaks));
}

TEST(mass_order, masses_that_differ_by_an_ulp_keep_their_order) {
  const double next = std::nextafter(500.0, 501.0);
  expect_equal(ordered({{501, 1}, {next, 0.5}, {500, 0.25}}), {{500, 0.25}, {next, 0.5}, {501, 1}});
}

TEST(mass_order, masses_hundreds_apart_are_sorted) {
  expect_equal(ordered({{100, 1}, {1e6, 0.5}, {0.5, 0.25}}), {{0.5, 0.25}, {100, 1}, {1e6, 0.5}});
}

}  // namespace
}  // namespace ionloom::chem
