#include "imaging/ion_metrics.h"

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "imaging/sample_images.h"
#include "support/allocation_meter.h"

namespace ionloom::imaging {
namespace {

/// Peaks in random pixels, dense enough that windows of 50 ppm hold some, and ions of which every
/// second is really there.
struct Sample {
  std::vector<Peak> peaks;
  std::vector<std::vector<double>> mz;
  std::vector<std::vector<float>> intensity;

  [[nodiscard]] TheoreticalPeaks ion(std::size_t i) const { return {mz[i], intensity[i]}; }
};

Sample sample(const PixelGrid& grid, std::size_t ions, std::size_t isotope_peaks,
              std::mt19937& random) {
  std::lognormal_distribution<float> lognormal(4, 1);
  std::uniform_real_distribution<double> uniform(0, 1);
  Sample made;
  for (std::size_t ion = 0; ion < ions; ++ion) {
    const double mz = 200 + 300 * uniform(random);
    made.mz.emplace_back();
    made.intensity.emplace_back();
    const std::size_t present = 2 + random() % (isotope_peaks - 1);
    for (std::size_t k = 0; k < isotope_peaks; ++k) {
      made.mz.back().push_back(k < present ? mz + 1.00335 * static_cast<double>(k) : 0);
      made.intensity.back().push_back(k < present ? 100.0F / static_cast<float>(1 + k) : 0);
    }
    if (ion % 2 == 0) continue;
    for (std::uint32_t pixel = 0; pixel < grid.pixel_count(); ++pixel) {
      if (random() % 3 == 0) continue;
      const float here = lognormal(random);
      for (std::size_t k = 0; k < present; ++k) {
        const double near = made.mz.back()[k] * (1 + 1e-5 * (uniform(random) - 0.5));
        made.peaks.push_back({near, here / static_cast<float>(1 + k), pixel});
      }
    }
  }
  for (int i = 0; i < 30'000; ++i) {
    made.peaks.push_back({190 + 330 * uniform(random), lognormal(random),
                          static_cast<std::uint32_t>(random() % grid.pixel_count())});
  }
  std::ranges::stable_sort(made.peaks, {}, &Peak::mz);
  return made;
}

void expect_same_bits(const IonMetrics& a, const IonMetrics& b) {
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  EXPECT_EQ(bits(a.spectral), bits(b.spectral));
  EXPECT_EQ(bits(a.spatial), bits(b.spatial));
  EXPECT_EQ(bits(a.chaos), bits(b.chaos));
  EXPECT_EQ(bits(a.msm), bits(b.msm));
}

TEST(IonMeasurer, rejects_early_only_ions_without_msm) {
  std::mt19937 random(1);
  const PixelGrid grid = full_grid(20, 15);
  for (const std::size_t isotope_peaks : {2U, 4U, 7U}) {
    const Sample made = sample(grid, 120, isotope_peaks, random);
    MetricSettings settings;
    settings.tolerance_ppm = 50;
    IonMeasurer early(grid, settings);
    IonMeasurer complete(grid, settings);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < made.mz.size(); ++i) {
      IonMetrics all;
      IonMetrics some;
      ASSERT_TRUE(complete.measure(made.peaks, made.ion(i), true, all));
      ASSERT_EQ(early.measure(made.peaks, made.ion(i), false, some), all.msm > 0);
      if (!(all.msm > 0)) continue;
      expect_same_bits(some, all);
      ++kept;
    }
    EXPECT_GT(kept, 40U);
    EXPECT_LT(kept, 120U);
  }
}

// Totals, maxima and m/z of images of a few peaks, by hand; the last image is absent.
TEST(IonMeasurer, adds_statistics_of_each_image) {
  const std::vector<Peak> peaks = {{199, 1, 0},    {200.25, 1, 1}, {200.5, 3, 2},
                                   {201.25, 2, 1}, {201.25, 4, 1}, {300, 1, 0}};
  const PixelGrid grid = full_grid(3, 1);
  MetricSettings settings;
  settings.tolerance_ppm = 2000;
  IonMeasurer measurer(grid, settings);
  const std::vector<double> mz = {200.25, 201.25, 250};
  const std::vector<float> intensity = {100, 50, 10};
  IonMetrics metrics;
  ASSERT_TRUE(measurer.measure(peaks, {mz, intensity}, true, metrics));
  measurer.add_statistics(peaks, {mz, intensity}, metrics);
  ASSERT_EQ(metrics.images.size(), 3U);
  EXPECT_EQ(metrics.images[0].total, 4);
  EXPECT_EQ(metrics.images[0].max, 3);
  EXPECT_EQ(metrics.images[0].mz_mean, 200.4375);
  EXPECT_EQ(metrics.images[1].total, 6);
  EXPECT_EQ(metrics.images[1].max, 6);
  EXPECT_EQ(metrics.images[1].mz_stddev, 0);
  EXPECT_FALSE(metrics.images[2].has_image);
  EXPECT_EQ(metrics.images[2].mz_mean, 250);
  EXPECT_EQ(metrics.mz_err_abs, 0.1875);
}

TEST(IonMeasurer, holds_nearly_the_memory_that_was_announced) {
  std::mt19937 random(2);
  for (const auto& [width, height] : {std::pair{200U, 150U}, {1000U, 9U}, {3U, 4000U}}) {
    const PixelGrid grid = full_grid(width, height);
    const Sample made = sample(grid, 6, 4, random);
    MetricSettings settings;
    settings.tolerance_ppm = 50;
    const test_support::AllocationMeter meter;
    {
      IonMeasurer measurer(grid, settings);
      IonMetrics metrics;
      for (std::size_t i = 0; i < made.mz.size(); ++i) {
        measurer.cut_images(made.peaks, made.ion(i));
        measurer.measure(made.peaks, made.ion(i), true, metrics);
      }
    }
    const double used = static_cast<double>(meter.peak_bytes());
    const auto bound = static_cast<double>(IonMeasurer::memory_bound_bytes(grid.size(), 4));
    EXPECT_LE(used, bound) << width << " x " << height;
    EXPECT_GE(used, 0.7 * bound) << width << " x " << height;
  }
}

TEST(IonMeasurer, allocates_nothing_for_an_ion_once_it_is_warm) {
  std::mt19937 random(3);
  const PixelGrid grid = full_grid(40, 30);
  const Sample made = sample(grid, 60, 4, random);
  IonMeasurer measurer(grid, {.tolerance_ppm = 50});
  IonMetrics metrics;
  measurer.measure(made.peaks, made.ion(1), true, metrics);
  measurer.add_statistics(made.peaks, made.ion(1), metrics);
  const test_support::AllocationMeter meter;
  for (std::size_t i = 0; i < made.mz.size(); ++i) {
    measurer.measure(made.peaks, made.ion(i), true, metrics);
    measurer.add_statistics(made.peaks, made.ion(i), metrics);
  }
  EXPECT_EQ(meter.peak_bytes(), 0U);
}

}  // namespace
}  // namespace ionloom::imaging
