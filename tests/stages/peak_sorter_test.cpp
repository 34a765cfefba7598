// The order of peaks is (m/z, order before); std::stable_sort gives it by definition.

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "stages/ingest.h"

namespace ionloom::stages {
namespace {

using imaging::Peak;

/// Peaks with these m/z, numbered in the order given.
std::vector<Peak> peaks_at(const std::vector<double>& mz) {
  std::vector<Peak> peaks;
  for (const double value : mz) {
    peaks.push_back({value, 1.0F, static_cast<std::uint32_t>(peaks.size())});
  }
  return peaks;
}

void expect_sorted_like_a_stable_sort(const std::vector<double>& mz) {
  std::vector<Peak> sorted = peaks_at(mz);
  std::vector<Peak> expected = sorted;
  std::ranges::stable_sort(expected, {}, &Peak::mz);
  PeakSorter().sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    ASSERT_EQ(sorted[i].mz, expected[i].mz) << "at " << i << " of " << mz.size();
    ASSERT_EQ(sorted[i].pixel, expected[i].pixel) << "at " << i << " of " << mz.size();
  }
}

std::vector<double> random_mz(std::size_t count, double low, double high, double step) {
  std::mt19937_64 random(count);
  std::uniform_real_distribution<double> uniform(low, high);
  std::vector<double> mz(count);
  for (double& value : mz) value = std::floor(uniform(random) / step) * step;
  return mz;
}

TEST(PeakSorter, sorts_any_number_of_peaks_and_keeps_the_order_of_equal_ones) {
  for (const std::size_t count : {0U, 1U, 2U, 31U, 32U, 33U, 1000U, 50'000U}) {
    expect_sorted_like_a_stable_sort(random_mz(count, 100, 1000, 1e-7));
    expect_sorted_like_a_stable_sort(random_mz(count, 100, 1000, 50));  // many equal
  }
}

TEST(PeakSorter, sorts_peaks_that_nearly_all_lie_at_one_place) {
  // One peak far away, so that all others fall into one slot at first.
  std::vector<double> mz = random_mz(5'000, 500, 500.001, 1e-9);
  mz[2'500] = 3'000;
  expect_sorted_like_a_stable_sort(mz);
  // Groups of ever finer distance.
  mz.clear();
  for (int digit = 0; digit < 12; ++digit) {
    for (int i = 200; i > 0; --i) mz.push_back(400 + std::pow(10.0, -digit) * i / 200);
  }
  expect_sorted_like_a_stable_sort(mz);
}

TEST(PeakSorter, sorts_m_over_z_that_differ_by_less_than_any_normal_number) {
  std::vector<double> mz(100, 0.0);
  for (std::size_t i = 0; i < mz.size(); ++i) mz[i] = static_cast<double>(i * 37 % 100) * 5e-324;
  expect_sorted_like_a_stable_sort(mz);
}

TEST(PeakSorter, merges_without_scratch_what_is_larger_than_its_scratch) {
  // More than two million peaks: three levels of halves.
  expect_sorted_like_a_stable_sort(random_mz(2'300'000, 799.99, 800.01, 1e-7));
}

TEST(PeakSorter, leaves_sorted_peaks_as_they_are) {
  std::vector<double> mz = random_mz(3'000'000, 100, 200, 0.01);
  std::ranges::sort(mz);
  expect_sorted_like_a_stable_sort(mz);
}

}  // namespace
}  // namespace ionloom::stages
