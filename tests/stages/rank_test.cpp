#include "stages/rank.h"

#include <gtest/gtest.h>

#include "fdr/sample_catboost_model.h"

namespace ionloom::stages {
namespace {

/// One list of two formulas, one modifier, two decoys each: ions 0 and 1 are the targets, 2 and 3
/// the decoys of the first formula, 3 and one that cannot exist those of the second.
IonSet two_formulas() {
  IonSet ions;
  ions.ions = {"A", "B", "C", "D"};
  ions.modifiers = {{"", "", "+H", "+H", ""}};
  ions.sample_size = 2;
  ions.lists = {{.targets = {0, 1}, .decoys = {2, 3, 3, kNoIon}, .decoy_adducts = {0, 1, 1, 0}}};
  return ions;
}

MeasuredIon measured(std::uint32_t ion, double chaos, double spatial) {
  MeasuredIon kept{.ion = ion, .metrics = {}};
  kept.metrics.chaos = chaos;
  kept.metrics.spatial = spatial;
  kept.metrics.spectral = 1;
  kept.metrics.msm = chaos * spatial;
  return kept;
}

/// By MSM ion 0 is the best and ion 1 lies below both decoys.
std::vector<MeasuredIon> kept_ions() {
  return {measured(0, 0.5, 1), measured(1, 1, 0.125), measured(2, 0.5, 0.75),
          measured(3, 0.75, 0.5)};
}

/// Chaos alone decides: above 0.875 the score is 0.75, else 0.25.
fdr::ScoringModel chaos_model() {
  const fdr::SampleModel model{
      .features = {{"chaos", {0.875F}}}, .splits = {0}, .depths = {1}, .leaves = {0.25, 0.75}};
  return fdr::ScoringModel::parse(fdr::model_file(model), "m.cbm").value();
}

// Version 3, ratio 2: ion 0 (0 + 1) / 2 / 2; ion 1 (3 + 1) / 2 / 3, ion 3 counting twice.
TEST(Rank, ranks_by_msm_without_a_model) {
  const auto ranked =
      rank_list(two_formulas(), 0, kept_ions(), chem::AnalysisVersion::kV3, Scoring{});
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_EQ(ranked[0].score, 0.5);
  EXPECT_EQ(ranked[0].fdr, 1.0 / 2 / 2);
  EXPECT_EQ(ranked[1].score, 0.125);
  EXPECT_EQ(ranked[1].fdr, 4.0 / 2 / 3);
  EXPECT_TRUE(ranked[0].feature_fdrs.empty());
}

// The model puts ion 1 alone on top: (0 + 1) / 2 / 2; ion 0 shares its score with the decoys.
TEST(Rank, ranks_by_the_models_score_with_one) {
  const fdr::ScoringModel model = chaos_model();
  const auto ranked = rank_list(two_formulas(), 0, kept_ions(), chem::AnalysisVersion::kV3,
                                Scoring{.model = &model});
  EXPECT_EQ(ranked[0].score, 0.25);
  EXPECT_EQ(ranked[0].fdr, 4.0 / 2 / 3);
  EXPECT_EQ(ranked[1].score, 0.75);
  EXPECT_EQ(ranked[1].fdr, 1.0 / 2 / 2);
}

TEST(Rank, gives_each_drawn_decoy_with_the_score_of_its_ranking) {
  const fdr::ScoringModel model = chaos_model();
  for (const bool with_model : {false, true}) {
    const Scoring scoring{.model = with_model ? &model : nullptr};
    const auto decoys = ranked_decoys(two_formulas(), 0, kept_ions(), scoring);
    ASSERT_EQ(decoys.size(), 3U);
    const std::uint32_t expected[][3] = {{0, 0, 2}, {0, 1, 3}, {1, 0, 3}};  // formula, draw, ion
    for (std::size_t i = 0; i < decoys.size(); ++i) {
      EXPECT_EQ(decoys[i].formula, expected[i][0]);
      EXPECT_EQ(decoys[i].draw, expected[i][1]);
      EXPECT_EQ(decoys[i].measured, expected[i][2]);
      EXPECT_EQ(decoys[i].score, with_model ? 0.25 : 0.375);
    }
  }
}

}  // namespace
}  // namespace ionloom::stages
