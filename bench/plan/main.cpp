// bench_plan held-out RUNS.json | clouds | models MEASUREMENTS.jsonl |
// predict MODELS.json MEASUREMENTS.jsonl: what the scripts here need of the planner, as JSON.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/plan/clouds.h"
#include "bench/plan/held_out.h"
#include "plan/learned_models.h"
#include "plan/measurements_text.h"
#include "plan/models_file.h"

namespace {

using ionloom::plan::LearnedModels;
using ionloom::plan::Measurement;

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Measurement> measurements_of(const char* path) {
  auto rows = ionloom::plan::parse_measurements(text_of(path), path);
  if (!rows) throw std::runtime_error(rows.error().message());
  return *std::move(rows);
}

LearnedModels models_of(const char* path) {
  auto models = ionloom::plan::parse_models(text_of(path), path);
  if (!models) throw std::runtime_error(models.error().message());
  return *std::move(models);
}

/// What the models say that each measurement's work takes on its device, seconds; null where they
/// do not know it.
nlohmann::json predicted(const LearnedModels& models, const std::vector<Measurement>& rows) {
  auto seconds = nlohmann::json::array();
  for (const Measurement& row : rows) {
    const auto model =
        std::ranges::find(models.stages, row.stage, &ionloom::plan::StageModel::stage);
    const auto found =
        model == models.stages.end() ? std::nullopt : model->predict(row.device, row.counts);
    seconds.push_back(found ? nlohmann::json(found->seconds) : nlohmann::json());
  }
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ionloom::bench;
  const std::string_view what = argc > 1 ? argv[1] : "";
  try {
    if (what == "held-out" && argc == 3) {
      std::ifstream file(argv[2]);
      std::cout << held_out(read_runs(nlohmann::json::parse(file))) << '\n';
      return 0;
    }
    if (what == "models" && argc == 3) {
      std::cout << ionloom::plan::models_text(
          ionloom::plan::learn_models(measurements_of(argv[2])));
      return 0;
    }
    if (what == "predict" && argc == 4) {
      std::cout << predicted(models_of(argv[2]), measurements_of(argv[3])) << '\n';
      return 0;
    }
    if (what == "clouds" && argc == 2) {
      std::cout << clouds() << '\n';
      return 0;
    }
  } catch (const std::exception& error) {
    std::cerr << "bench_plan: " << error.what() << '\n';
    return 1;
  }
  std::cerr << "usage: bench_plan held-out RUNS.json | clouds | models MEASUREMENTS.jsonl |\n"
               "       predict MODELS.json MEASUREMENTS.jsonl\n";
  return 2;
}
