#include "fdr/catboost_model.h"

#include <random>

#include <gtest/gtest.h>

#include "fdr/sample_catboost_model.h"
#include "fdr/scoring_model.h"

namespace ionloom::fdr {
namespace {

/// Two trees: chaos > 0.5 in bit 0 and spatial > 0.25 in bit 1; then chaos > 0.75 alone.
SampleModel two_trees() {
  return {.features = {{"chaos", {0.5F, 0.75F}}, {"spatial", {0.25F}}},
          .splits = {0, 2, 1},
          .depths = {2, 1},
          .leaves = {1, 2, 4, 8, 0.5, 0.25},
          .scale = 0.125,
          .bias = 0.0625};
}

std::string refusal(const SampleModel& model) {
  const auto parsed = parse_catboost_model(model_file(model), "m.cbm");
  return parsed ? "" : parsed.error().message();
}

TEST(CatboostModel, is_read_as_it_was_written) {
  const auto model = parse_catboost_model(model_file(two_trees()), "m.cbm");
  ASSERT_TRUE(model) << model.error().message();
  ASSERT_EQ(model->features.size(), 2U);
  EXPECT_EQ(model->features[0].name, "chaos");
  EXPECT_EQ(model->features[0].borders, (std::vector<float>{0.5F, 0.75F}));
  EXPECT_EQ(model->depths, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(model->splits[1].feature, 1U);
  EXPECT_EQ(model->splits[1].border, 0U);
  EXPECT_EQ(model->splits[2].feature, 0U);
  EXPECT_EQ(model->splits[2].border, 1U);
  EXPECT_EQ(model->leaves.size(), 6U);
  EXPECT_EQ(model->scale, 0.125);
  EXPECT_EQ(model->bias, 0.0625);
}

TEST(CatboostModel, refuses_other_files_and_says_which) {
  const std::vector<std::byte> text(100, std::byte{'x'});
  EXPECT_EQ(parse_catboost_model(text, "m.cbm").error().message(),
            "m.cbm: this is no CatBoost model (.cbm); expected it to begin with \"CBM1\"");
  EXPECT_FALSE(parse_catboost_model({}, "m.cbm"));
}

TEST(CatboostModel, refuses_a_file_that_is_cut_off_anywhere) {
  const std::vector<std::byte> whole = model_file(two_trees());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto model = parse_catboost_model(std::span(whole).first(size), "m.cbm");
    ASSERT_FALSE(model) << size;
    ASSERT_EQ(model.error().code, ErrorCode::kData);
    ASSERT_TRUE(model.error().message().starts_with("m.cbm: ")) << model.error().message();
  }
}

TEST(CatboostModel, refuses_models_of_another_kind) {
  const std::pair<std::uint32_t, const char*> kinds[] = {
      {4, "categorical"},    {6, "categorical"}, {7, "categorical"}, {10, "not oblivious"},
      {11, "not oblivious"}, {12, "text"},       {13, "text"},       {18, "embedding"}};
  for (const auto& [field, word] : kinds) {
    SampleModel model = two_trees();
    model.foreign_field = field;
    EXPECT_NE(refusal(model).find(word), std::string::npos) << field << ": " << refusal(model);
  }
  SampleModel classes = two_trees();
  classes.outputs = 3;
  EXPECT_NE(refusal(classes).find("has 3 outputs"), std::string::npos);
  SampleModel later = two_trees();
  later.format = "FlabuffersModel_v2";
  EXPECT_NE(refusal(later).find("later format"), std::string::npos);
}

TEST(CatboostModel, refuses_trees_that_do_not_add_up) {
  SampleModel deep = two_trees();
  deep.depths = {9, 1};
  EXPECT_NE(refusal(deep).find("tree of depth 9"), std::string::npos);
  SampleModel few_leaves = two_trees();
  few_leaves.leaves.pop_back();
  EXPECT_NE(refusal(few_leaves).find("3 splits and 6 leaves, it holds 3 and 5"), std::string::npos);
  SampleModel no_border = two_trees();
  no_border.splits[0] = 3;
  EXPECT_NE(refusal(no_border).find("split 3 of 3 borders"), std::string::npos);
  SampleModel unordered = two_trees();
  unordered.features[0].borders = {0.75F, 0.5F};
  EXPECT_NE(refusal(unordered).find("not ascending"), std::string::npos);
}

TEST(CatboostModel, damaged_bytes_give_a_model_or_a_sentence_and_nothing_else) {
  const std::vector<std::byte> whole = model_file(two_trees());
  std::mt19937 random(1);
  std::size_t models = 0;
  std::size_t refused = 0;
  const auto read = [&](std::span<const std::byte> bytes) {
    const auto model = ScoringModel::parse(bytes, "m.cbm");
    if (!model) {
      ++refused;
      ASSERT_TRUE(model.error().message().starts_with("m.cbm: "));
      return;
    }
    ++models;
    MetricColumns ions;
    ions.fill({0.6, 0.1});
    for (const double score : model->score(ions, ions, 20, AbsErrorRule::kReference).targets) {
      ASSERT_TRUE(score >= 0 && score <= 1) << score;
    }
  };
  // Many values of every byte, then several bytes at once.
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; value += 5) {
      std::vector<std::byte> damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      ASSERT_NO_FATAL_FAILURE(read(damaged)) << at << " " << value;
    }
  }
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> damaged = whole;
    for (std::uint32_t hits = 1 + random() % 8; hits > 0; --hits) {
      damaged[8 + random() % (damaged.size() - 8)] = static_cast<std::byte>(random());
    }
    damaged.resize(damaged.size() - random() % 3);
    ASSERT_NO_FATAL_FAILURE(read(damaged)) << i;
  }
  EXPECT_GT(models, 1000U);
  EXPECT_GT(refused, 10'000U);
}

}  // namespace
}  // namespace ionloom::fdr
