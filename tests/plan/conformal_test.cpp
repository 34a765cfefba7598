#include "plan/conformal.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

TEST(Conformal, takes_the_score_that_one_more_would_stay_below) {
  // 9 scores part 10 equally likely places for the next: 90 % are below the largest.
  const ConformalScores scores({9, 1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(scores.width(0.9).log, 9);
  EXPECT_EQ(scores.width(0.9).level, 0.9);
  EXPECT_EQ(scores.width(0.5).log, 5);
}

TEST(Conformal, too_few_scores_stand_for_less_and_say_so) {
  const ConformalScores scores({1, 2, 3, 4});
  EXPECT_EQ(scores.width(0.9).log, 4);
  EXPECT_NEAR(scores.width(0.9).level, 0.8, 1e-12);
  EXPECT_EQ(ConformalScores().width(0.9).level, 0);
}

// Neither normal nor lognormal errors: the promise is for any distribution.
TEST(Conformal, covers_what_it_says_for_any_distribution) {
  RandomNumbers random(4);
  const auto score = [&] {
    return std::pow(random.uniform(), 3) + (random.below(10) == 0 ? 5 : 0);
  };
  for (const double level : {0.5, 0.8, 0.9, 0.95}) {
    int covered = 0;
    constexpr int kTrials = 4000;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<double> known(40);
      for (double& value : known) value = score();
      covered += score() <= ConformalScores(known).width(level).log ? 1 : 0;
    }
    EXPECT_NEAR(covered / static_cast<double>(kTrials), level, 0.03) << level;
  }
}

}  // namespace
}  // namespace ionloom::plan
