#include "fdr/tree_evaluator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::fdr {
namespace {

using Columns = std::vector<std::vector<float>>;

std::vector<double> predict(const ObliviousTrees& trees, const Columns& columns) {
  const std::vector<std::span<const float>> views(columns.begin(), columns.end());
  std::vector<double> scores(columns.front().size());
  TreeEvaluator(trees).predict(views, scores);
  return scores;
}

/// The definition, one row and one question at a time.
double by_definition(const ObliviousTrees& trees, const Columns& columns, std::size_t row) {
  double sum = 0;
  std::size_t split = 0;
  std::size_t first_leaf = 0;
  for (const std::uint32_t depth : trees.depths) {
    std::size_t leaf = 0;
    for (std::uint32_t level = 0; level < depth; ++level, ++split) {
      const auto& question = trees.splits[split];
      const float border = trees.features[question.feature].borders[question.border];
      if (columns[question.feature][row] > border) leaf |= std::size_t{1} << level;
    }
    sum += trees.leaves[first_leaf + leaf];
    first_leaf += std::size_t{1} << depth;
  }
  return sum * trees.scale + trees.bias;
}

ObliviousTrees random_trees(std::mt19937& random, std::size_t trees, std::uint32_t max_depth) {
  ObliviousTrees model;
  std::uniform_real_distribution<float> unit(0, 1);
  for (const std::size_t borders : {1, 7, 300, 0, 63}) {
    ObliviousTrees::Feature feature{"f", {}};
    for (std::size_t i = 0; i < borders; ++i) feature.borders.push_back(unit(random));
    std::ranges::sort(feature.borders);
    model.features.push_back(feature);
  }
  const std::uint32_t used[] = {0, 1, 2, 4};
  for (std::size_t t = 0; t < trees; ++t) {
    model.depths.push_back(static_cast<std::uint32_t>(random() % (max_depth + 1)));
    for (std::uint32_t level = 0; level < model.depths.back(); ++level) {
      const std::uint32_t feature = used[random() % 4];
      const auto borders = static_cast<std::uint32_t>(model.features[feature].borders.size());
      model.splits.push_back({feature, static_cast<std::uint32_t>(random() % borders)});
    }
    for (std::size_t leaf = 0; leaf < (std::size_t{1} << model.depths.back()); ++leaf) {
      model.leaves.push_back(unit(random) - 0.5);
    }
  }
  model.scale = 0.1;
  model.bias = 0.3;
  return model;
}

TEST(TreeEvaluator, a_value_on_a_border_is_not_above_it) {
  const ObliviousTrees trees{
      .features = {{"chaos", {0.5F}}}, .depths = {1}, .splits = {{0, 0}}, .leaves = {1, 2}};
  const float above = std::nextafter(0.5F, 1.0F);
  const float none = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(predict(trees, {{0.5F, above, none, infinite, -infinite}}),
            (std::vector<double>{1, 2, 1, 2, 1}));
}

// Rows around the sizes of blocks and strips, trees around those of groups, depths of both tables.
TEST(TreeEvaluator, gives_the_bits_of_the_definition_for_any_number_of_rows_and_trees) {
  std::mt19937 random(1);
  for (const std::uint32_t max_depth : {6U, 8U}) {
    for (const std::size_t count : {1, 16, 63, 64, 65, 130}) {
      const ObliviousTrees trees = random_trees(random, count, max_depth);
      for (const std::size_t rows : {1, 7, 8, 129, 4099}) {
        Columns columns(trees.features.size());
        for (std::size_t f = 0; f < columns.size(); ++f) {
          const auto& borders = trees.features[f].borders;
          for (std::size_t row = 0; row < rows; ++row) {
            const bool on_border = !borders.empty() && random() % 2 == 0;
            columns[f].push_back(on_border ? borders[random() % borders.size()]
                                           : static_cast<float>(random()) / 4.3e9F);
          }
        }
        const std::vector<double> scores = predict(trees, columns);
        for (std::size_t row = 0; row < rows; ++row) {
          ASSERT_EQ(std::bit_cast<std::uint64_t>(scores[row]),
                    std::bit_cast<std::uint64_t>(by_definition(trees, columns, row)))
              << count << " trees, row " << row << " of " << rows;
        }
      }
    }
  }
}

TEST(TreeEvaluator, of_no_trees_and_of_no_rows_gives_the_bias_and_nothing) {
  ObliviousTrees trees;
  trees.features = {{"chaos", {}}};
  trees.bias = 0.25;
  EXPECT_EQ(predict(trees, {{1.0F, 2.0F}}), (std::vector<double>{0.25, 0.25}));
  EXPECT_TRUE(predict(trees, {{}}).empty());
}

}  // namespace
}  // namespace ionloom::fdr
