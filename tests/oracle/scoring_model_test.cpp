// The published METASPACE-ML models against CatBoost's predictions, and against the scores that
// their authors published. No tolerance: every bit is CatBoost's.

#include "fdr/scoring_model.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "oracle/support/csv_gz.h"
#include "oracle/support/shared_folder.h"

namespace ionloom::oracle {
namespace {

std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::filesystem::path model_path(const std::filesystem::path& models, const std::string& kind) {
  return models / ("metaspace-ml-" + kind + "-v2.2023-12-14.cbm");
}

TEST(OracleScoringModel, predictions_are_catboosts_to_the_last_bit) {
  const auto file = shared_path("oracle/units/catboost.csv.gz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const CsvTable table = read_csv_gz(*file);
  const std::vector<double> expected = table.numbers("prediction");
  std::size_t compared = 0;
  for (const char* kind : {"animal", "plant"}) {
    const auto path = model_path(*shared_path("models"), kind);
    const auto trees = fdr::parse_catboost_model(bytes_of(path), path.string());
    ASSERT_TRUE(trees) << trees.error().message();
    ASSERT_EQ(trees->depths, std::vector<std::uint32_t>(1000, 6));
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (table.texts("model")[row] == kind) rows.push_back(row);
    }
    std::vector<std::vector<float>> columns;
    for (const auto& feature : trees->features) {
      const std::vector<double> values = table.numbers(feature.name);
      columns.emplace_back();
      for (const std::size_t row : rows) columns.back().push_back(static_cast<float>(values[row]));
    }
    const std::vector<std::span<const float>> views(columns.begin(), columns.end());
    std::vector<double> scores(rows.size());
    fdr::TreeEvaluator(*trees).predict(views, scores);
    for (std::size_t i = 0; i < rows.size(); ++i, ++compared) {
      ASSERT_EQ(scores[i], expected[rows[i]]) << kind << ", row " << rows[i];
    }
  }
  EXPECT_EQ(compared, 2800U);
}

// Source: METASPACE-ML_reproducibility, CoreMetabolome-v3_metrics_df_w_pred_score: the animal model
// with 1 - |mass error|, see fdr::AbsErrorRule; not clipped to [0, 1] there.
TEST(OracleScoringModel, scores_as_trained_are_those_that_the_authors_published) {
  const auto file =
      shared_path("data/reference_metaspace_ml/core_metabolome_v3_metrics_10_datasets.csv.gz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const auto path = model_path(*shared_path("models"), "animal");
  const auto model = fdr::ScoringModel::parse(bytes_of(path), path.string());
  ASSERT_TRUE(model) << model.error().message();
  EXPECT_EQ(model->blind_features(),
            (std::vector<std::string>{"mz_err_abs_abserr", "mz_err_rel_abserr"}));
  const CsvTable table = read_csv_gz(*file);
  fdr::MetricColumns ions;
  const char* names[] = {"chaos", "spatial", "spectral", "msm", "mz_err_abs", "mz_err_rel"};
  for (std::size_t m = 0; m < ions.size(); ++m) ions[m] = table.numbers(names[m]);
  const auto scores = model->score(ions, {}, 20, fdr::AbsErrorRule::kAsTrained).targets;
  const std::vector<double> published = table.numbers("pred_score");
  ASSERT_EQ(scores.size(), 10'014U);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    ASSERT_EQ(scores[row], std::clamp(published[row], 0.0, 1.0)) << table.texts("formula")[row];
  }
}

}  // namespace
}  // namespace ionloom::oracle
