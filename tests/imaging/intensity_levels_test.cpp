#include "imaging/intensity_levels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::imaging {
namespace {

void expect_definition(const std::vector<float>& values, float highest) {
  std::vector<std::uint8_t> levels(values.size());
  count_exceeded_levels(values, highest, levels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    int expected = 0;
    for (int level = 0; level < 30; ++level) {
      const float product = highest * static_cast<float>(level);
      if (values[i] > product / 30.0F) ++expected;
    }
    ASSERT_EQ(levels[i], expected) << values[i] << " of " << highest;
  }
}

TEST(IntensityLevels, equal_their_definition_at_and_beside_each_level_and_between) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<float> maxima = {1e-45F,
                               3e-39F,
                               1e-30F,
                               0.99e-30F,
                               1,
                               30,
                               29.999998F,
                               1e37F,
                               1.1e37F,
                               3.4e38F,
                               std::numeric_limits<float>::infinity()};
  for (int i = 0; i < 300; ++i) maxima.push_back(std::exp(uniform(random) * 160 - 80));
  for (const float highest : maxima) {
    std::vector<float> values = {0, -0.0F, -1, highest, std::numeric_limits<float>::quiet_NaN()};
    for (int level = 0; level <= 30; ++level) {
      const float at = highest * static_cast<float>(level) / 30.0F;
      for (const float value : {at, std::nextafter(at, 0.0F),
                                std::nextafter(at, std::numeric_limits<float>::infinity())}) {
        if (value <= highest) values.push_back(value);
      }
    }
    for (int i = 0; i < 100; ++i) values.push_back(highest * uniform(random));
    expect_definition(values, highest);
  }
}

}  // namespace
}  // namespace ionloom::imaging
