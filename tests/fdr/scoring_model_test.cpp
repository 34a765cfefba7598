#include "fdr/scoring_model.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "fdr/sample_catboost_model.h"

namespace ionloom::fdr {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

/// One tree: is this feature above the border?
SampleModel one_question(const std::string& feature, float border, double no, double yes) {
  return {.features = {{feature, {border}}}, .splits = {0}, .depths = {1}, .leaves = {no, yes}};
}

ScoringModel parsed(const SampleModel& model) {
  return ScoringModel::parse(model_file(model), "m.cbm").value();
}

struct Ion {
  double chaos = 1, spatial = 1, spectral = 1, mz_err_abs = 0, mz_err_rel = 0;
};

MetricColumns columns(const std::vector<Ion>& ions) {
  MetricColumns metrics;
  for (const Ion& ion : ions) {
    const double msm = ion.chaos * ion.spatial * ion.spectral;
    const double values[] = {ion.chaos, ion.spatial,    ion.spectral,
                             msm,       ion.mz_err_abs, ion.mz_err_rel};
    for (std::size_t m = 0; m < kIonMetrics; ++m) metrics[m].push_back(values[m]);
  }
  return metrics;
}

using Scores = std::vector<double>;

TEST(ScoringModel, scores_zero_where_a_metric_is_zero_or_absent) {
  const ScoringModel model = parsed(one_question("chaos", -1, 0, 0.5));
  const auto targets = columns({{}, {.spatial = 0}, {.chaos = kAbsent}, {.spectral = 0.1}});
  EXPECT_EQ(model.score(targets, {}, 20, AbsErrorRule::kReference).targets,
            (Scores{0.5, 0, 0, 0.5}));
}

TEST(ScoringModel, clips_scores_to_zero_and_one) {
  const ScoringModel model = parsed(one_question("chaos", 0.5, -3, 1.5));
  const auto ions = columns({{.chaos = 0.4}, {.chaos = 0.6}});
  EXPECT_EQ(model.score({}, ions, 20, AbsErrorRule::kReference).decoys, (Scores{0, 1}));
}

TEST(ScoringModel, abserr_features_are_minus_the_absolute_error) {
  const ScoringModel model = parsed(one_question("mz_err_rel_abserr", -0.01F, 0.25, 0.75));
  const auto ions = columns({{.mz_err_rel = 0.005}, {.mz_err_rel = -0.005}, {.mz_err_rel = -0.02}});
  EXPECT_EQ(model.score(ions, {}, 20, AbsErrorRule::kReference).targets,
            (Scores{0.75, 0.75, 0.25}));
  EXPECT_TRUE(model.blind_features().empty());
  EXPECT_EQ(model.score(ions, {}, 20, AbsErrorRule::kAsTrained).targets,
            (Scores{0.75, 0.75, 0.25}));
}

TEST(ScoringModel, a_model_trained_on_one_minus_the_error_sees_it_only_when_asked) {
  const ScoringModel model = parsed(one_question("mz_err_abs_abserr", 0.99F, 0.25, 0.75));
  const auto ions = columns({{.mz_err_abs = 0.005}, {.mz_err_abs = -0.02}});
  EXPECT_EQ(model.blind_features(), (std::vector<std::string>{"mz_err_abs_abserr"}));
  EXPECT_EQ(model.score(ions, {}, 20, AbsErrorRule::kReference).targets, (Scores{0.25, 0.25}));
  EXPECT_EQ(model.score(ions, {}, 20, AbsErrorRule::kAsTrained).targets, (Scores{0.75, 0.25}));
}

// Targets 0.9, 0.5; decoys 0.7, 0.7 and one without spatial, which does not count; ratio 2. Rates:
// 0.9: 0 of 1; 0.7: 2 / 2 / 1 = 1; 0.5: 2 / 2 / 2 = 0.5, which is also the running minimum at 0.7.
TEST(ScoringModel, fdr_features_are_the_rate_by_one_metric_among_ions_with_all_metrics) {
  const ScoringModel model = parsed(one_question("chaos_fdr", 0.25F, 0.75, 0.25));
  const auto targets = columns({{.chaos = 0.5}, {.chaos = 0.9}, {.chaos = 0.95, .spatial = 0}});
  const auto decoys =
      columns({{.chaos = 0.7}, {.chaos = 0.7}, {.chaos = 0.99, .spatial = kAbsent}});
  EXPECT_EQ(model.fdr_features(), (std::vector<std::string>{"chaos_fdr"}));
  const RankingScores scores = model.score(targets, decoys, 2, AbsErrorRule::kReference);
  EXPECT_EQ(scores.target_fdrs, (std::vector<Scores>{{0.5, 0, 1}}));
  EXPECT_EQ(scores.targets, (Scores{0.25, 0.75, 0}));
  EXPECT_EQ(scores.decoys, (Scores{0.25, 0.25, 0}));
}

TEST(ScoringModel, fdr_features_of_mass_errors_rank_the_smallest_error_first) {
  const ScoringModel model = parsed(one_question("mz_err_abs_fdr", 0.5F, 0.75, 0.25));
  const auto targets = columns({{.mz_err_abs = -0.001}, {.mz_err_abs = 0.003}});
  const auto decoys = columns({{.mz_err_abs = 0.002}});
  const RankingScores scores = model.score(targets, decoys, 1, AbsErrorRule::kReference);
  EXPECT_EQ(scores.target_fdrs, (std::vector<Scores>{{0, 0.5}}));
  EXPECT_EQ(scores.decoys, (Scores{0.75}));  // its rate, 1, falls to the 0.5 below it
}

TEST(ScoringModel, refuses_features_that_it_does_not_know_or_meets_twice) {
  const auto refusal = [](const SampleModel& model) {
    return ScoringModel::parse(model_file(model), "m.cbm").error().message();
  };
  EXPECT_EQ(refusal(one_question("colour", 0.5F, 0, 1)),
            "m.cbm: the model looks at a feature \"colour\", which is not known; expected chaos, "
            "spatial, spectral, msm, mz_err_abs, mz_err_rel, or one of these with _abserr or _fdr "
            "behind it");
  EXPECT_NE(refusal(one_question("", 0.5F, 0, 1)).find("feature \"\""), std::string::npos);
  EXPECT_NE(refusal(one_question("chaos_abserr_fdr", 0.5F, 0, 1)).find("not known"),
            std::string::npos);
  SampleModel twice = one_question("chaos", 0.5F, 0, 1);
  twice.features.push_back(twice.features[0]);
  EXPECT_EQ(refusal(twice), "m.cbm: the model names the feature \"chaos\" twice");
}

}  // namespace
}  // namespace ionloom::fdr
