#include "plan/normal_quantile.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

TEST(NormalQuantile, is_the_inverse_of_the_distribution) {
  // Beyond 5 the probability itself is no longer known to so many digits.
  for (int i = -70; i <= 50; ++i) {
    const double z = i / 10.0;
    const double probability = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    EXPECT_NEAR(normal_quantile(probability), z, 1e-8 * (1 + std::abs(z))) << z;
  }
}

}  // namespace
}  // namespace ionloom::plan
