#include "stages/mass_bias.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::stages {
namespace {

/// 200 ions with `there` peaks 4.2 ppm above each and `noise` peaks anywhere within 30 ppm.
std::optional<MassBias> bias_of(int there, int noise) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> anywhere(-kMassBiasReachPpm, kMassBiasReachPpm);
  std::normal_distribution<double> around(4.2, 0.5);
  MassBiasMeter meter;
  for (int ion = 0; ion < 200; ++ion) {
    const double mz = 300 + ion;
    std::vector<imaging::Peak> peaks;
    for (int i = 0; i < there; ++i) peaks.push_back({mz * (1 + around(random) * 1e-6), 1, 0});
    for (int i = 0; i < noise; ++i) peaks.push_back({mz * (1 + anywhere(random) * 1e-6), 1, 0});
    std::ranges::sort(peaks, {}, &imaging::Peak::mz);
    meter.add(peaks, mz);
  }
  return meter.bias();
}

TEST(MassBias, is_found_where_peaks_pile_up) {
  const auto bias = bias_of(3, 20);
  ASSERT_TRUE(bias);
  EXPECT_NEAR(bias->ppm, 4.2, 0.5);
  EXPECT_GT(bias->excess, 1.5);
}

TEST(MassBias, is_not_made_up_from_noise) {
  EXPECT_FALSE(bias_of(0, 40));
}

TEST(MassBias, is_not_made_up_from_nothing) {
  EXPECT_FALSE(bias_of(0, 0));
}

}  // namespace
}  // namespace ionloom::stages
