#include "simulate/background.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace ionloom::simulate {
namespace {

/// Shares of the recipe's mixture: 45 % uniform 150-650, 47 % normal(780, 70), 8 % 900-2,600.
double mixture_share(double low, double high) {
  const auto uniform = [&](double a, double b) {
    return std::max(0.0, std::min(high, b) - std::max(low, a)) / (b - a);
  };
  const auto phi = [](double x) { return 0.5 * std::erfc(-(x - 780) / 70 / std::sqrt(2.0)); };
  return 0.45 * uniform(150, 650) + 0.47 * (phi(high) - phi(low)) + 0.08 * uniform(900, 2600);
}

TEST(Background, mz_histogram_is_the_measured_mixture) {
  RandomStream random(1, Purpose::kBackground);
  constexpr int kDraws = 100000;
  std::vector<double> mz(kDraws);
  for (double& value : mz) value = draw_background_mz(random);
  for (const auto& [low, high] : {std::pair{150.0, 300.0},
                                  {300.0, 500.0},
                                  {500.0, 650.0},
                                  {700.0, 780.0},
                                  {780.0, 860.0},
                                  {1000.0, 2000.0}}) {
    const auto inside =
        std::count_if(mz.begin(), mz.end(), [&](double m) { return m >= low && m < high; });
    EXPECT_NEAR(static_cast<double>(inside) / kDraws, mixture_share(low, high), 0.01)
        << low << " to " << high;
  }
}

TEST(Background, mz_have_the_mass_defects_of_organic_matter) {
  RandomStream random(2, Purpose::kBackground);
  double sum = 0;
  int in_hump = 0;
  for (int i = 0; i < 20000; ++i) {
    const double mz = draw_background_mz(random);
    if (mz < 700 || mz > 800) continue;
    sum += (mz - std::floor(mz)) / std::floor(mz);
    ++in_hump;
  }
  EXPECT_NEAR(sum / in_hump, 7e-4, 3e-5);
}

TEST(Background, presence_is_beta_2_2_1) {
  RandomStream random(3, Purpose::kBackground);
  std::vector<BackgroundPeak> peaks = draw_background(20000, 0.23, random);
  std::vector<double> presence;
  for (const BackgroundPeak& peak : peaks) {
    EXPECT_NEAR(std::log(peak.presence), peak.ln_presence, 1e-12);
    presence.push_back(peak.presence);
  }
  std::sort(presence.begin(), presence.end());
  for (const double q : {0.1, 0.25, 0.5, 0.75, 0.9}) {
    EXPECT_NEAR(presence[static_cast<std::size_t>(q * 20000)], std::pow(q, 1 / 2.2), 0.01);
  }
}

TEST(Background, may_appear_in_the_wanted_share_of_the_tissue_on_average) {
  RandomStream random(4, Purpose::kBackground);
  const std::vector<BackgroundPeak> peaks = draw_background(5000, 0.23, random);
  for (const double share : {0.2, 0.5, 0.9, 1.0}) {
    int appeared = 0;
    for (const BackgroundPeak& peak : peaks) {
      for (int rank = 0; rank < 100; ++rank) {
        appeared += may_appear(peak, std::log((rank + 0.5) / 100), share) ? 1 : 0;
      }
    }
    EXPECT_NEAR(appeared / (5000.0 * 100), share, 0.02);
  }
}

TEST(Background, strong_peaks_are_present_more_often_than_weak_ones) {
  RandomStream random(5, Purpose::kBackground);
  std::vector<BackgroundPeak> peaks = draw_background(kBackgroundPeaks, 0.23, random);
  std::sort(peaks.begin(), peaks.end(), [](const BackgroundPeak& a, const BackgroundPeak& b) {
    return a.level_dex > b.level_dex;
  });
  const auto mean = [](auto first, auto last) {
    return std::accumulate(first, last, 0.0,
                           [](double sum, const BackgroundPeak& p) { return sum + p.presence; }) /
           static_cast<double>(last - first);
  };
  EXPECT_GT(mean(peaks.begin(), peaks.begin() + 150), 0.9);
  EXPECT_LT(mean(peaks.end() - 500, peaks.end()), 0.6);
}

}  // namespace
}  // namespace ionloom::simulate
