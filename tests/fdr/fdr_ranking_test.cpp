#include "fdr/fdr_ranking.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ionloom::fdr {
namespace {

using Scores = std::vector<double>;

// Targets 0.9, 0.7, 0.5; decoys 0.8, 0.7: at 0.9 0 of 1, at 0.7 (ties together) 2 of 2, at 0.5 2
// of 3.
TEST(FdrRanking, counts_decoys_over_targets_in_descending_score_with_ties_together) {
  EXPECT_EQ(rank(Scores{0.9, 0.7, 0.5}, Scores{0.8, 0.7}, {}), (Scores{0, 1, 2.0 / 3}));
}

TEST(FdrRanking, may_exceed_one) {
  EXPECT_EQ(rank(Scores{0.5}, Scores{0.9, 0.8, 0.7}, {}), (Scores{3}));
}

TEST(FdrRanking, monotonic_rates_never_rise_with_the_score) {
  EXPECT_EQ(rank(Scores{0.9, 0.7, 0.5}, Scores{0.8, 0.7}, {.monotonic = true}),
            (Scores{0, 2.0 / 3, 2.0 / 3}));
}

// Rule of succession, ratio 20: the best of one target without decoys is (1 / 20) / 2.
TEST(FdrRanking, version_3_adds_one_to_both_counts_and_is_never_zero) {
  EXPECT_EQ(fdr_v3(Scores{0.9}, Scores{}, 20), (Scores{1.0 / 20 / 2}));
  // 0.9: (0+1)/20/2 = 0.025, 0.5: (1+1)/20/3 = 0.0333...
  EXPECT_EQ(fdr_v3(Scores{0.9, 0.5}, Scores{0.6}, 20), (Scores{1.0 / 20 / 2, 2.0 / 20 / 3}));
}

TEST(FdrRanking, results_come_in_the_order_of_the_targets) {
  EXPECT_EQ(rank(Scores{0.5, 0.9}, Scores{0.7}, {}), (Scores{0.5, 0}));
}

// Three rankings of target 0.5 give 0, 1 and 1: the median is 1, no level is below it.
TEST(FdrRanking, version_1_bins_the_median_of_its_rankings) {
  const std::vector<Scores> samples = {{}, {0.7}, {0.8}};
  EXPECT_EQ(fdr_v1(Scores{0.5}, samples), (Scores{1}));
  const std::vector<Scores> mostly_clean = {{}, {}, {0.8}};
  EXPECT_EQ(fdr_v1(Scores{0.5}, mostly_clean), (Scores{0.05}));
}

// Two targets under one decoy: rate exactly 0.5, which is not below the level 0.5.
TEST(FdrRanking, version_1_levels_are_strictly_below) {
  const std::vector<Scores> samples = {{0.8}};
  EXPECT_EQ(fdr_v1(Scores{0.7, 0.6}, samples), (Scores{1, 1}));
}

// Against the way that sorts all scores, with many equal ones, in one heap or far apart.
RC_GTEST_PROP(FdrRanking, rates_of_targets_are_those_of_all_scores,
              (std::vector<int> targets, std::vector<int> decoys, bool far, bool wide,
               bool monotonic)) {
  const auto scores = [&](const std::vector<int>& numbers) {
    Scores result;
    for (const int number : numbers)
      result.push_back(wide ? std::ldexp(number, number % 900) : number * 1e-3);
    if (far) result.push_back(1e9);
    return result;
  };
  const Scores of_targets = scores(targets);
  const Scores of_decoys = scores(decoys);
  const RankingRule rule{.decoy_ratio = 20, .rule_of_succession = true, .monotonic = monotonic};
  RC_ASSERT(rank(of_targets, of_decoys, rule) == rates_at(of_targets, of_targets, of_decoys, rule));
}

}  // namespace
}  // namespace ionloom::fdr
