#include <fstream>
#include <iterator>
#include <random>

#include "bench/kernels.h"
#include "fdr/catboost_model.h"
#include "fdr/tree_evaluator.h"

namespace ionloom::bench {
namespace {

constexpr std::size_t kRows = 100'000;

Result<fdr::ObliviousTrees> read_model(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(path.string(), "cannot be opened; a CatBoost model is needed");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  return fdr::parse_catboost_model(std::as_bytes(std::span(content)), path.string());
}

/// Predictions for rows whose features are spread as the model's borders are.
void scoring(benchmark::State& state, const Inputs& inputs) {
  Result<fdr::ObliviousTrees> model = read_model(inputs.model);
  if (value_or_skip(state, model) == nullptr) return;
  std::mt19937_64 random(1);
  std::vector<float> values;  // [feature][row]
  for (const fdr::ObliviousTrees::Feature& feature : model->features) {
    for (std::size_t row = 0; row < kRows; ++row) {
      const float border =
          feature.borders.empty() ? 0.5F : feature.borders[random() % feature.borders.size()];
      values.push_back(border + static_cast<float>(random() % 3) * 1e-4F);
    }
  }
  std::vector<std::span<const float>> columns;
  for (std::size_t f = 0; f < model->features.size(); ++f) {
    columns.push_back(std::span<const float>(values).subspan(f * kRows, kRows));
  }
  const fdr::TreeEvaluator trees(*model);
  std::vector<double> scores(kRows);
  measure(state, static_cast<double>(kRows), [&] { trees.predict(columns, scores); });
  const std::string path = inputs.model.string();
  inputs.exchange.lines("scoring_model.txt", {&path, 1});
  inputs.exchange.numbers<float>("scoring_columns.f32", values);
  inputs.exchange.numbers<double>("scoring.f64", scores);
}

}  // namespace

void add_scoring(const Inputs& inputs) {
  if (inputs.model.empty()) return;
  benchmark::RegisterBenchmark("scoring",
                               [&inputs](benchmark::State& state) { scoring(state, inputs); });
}

}  // namespace ionloom::bench
