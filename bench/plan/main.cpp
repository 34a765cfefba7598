// bench_plan held-out RUNS.json | clouds | models MEASUREMENTS.jsonl: what plan_run.py needs of the
// planner, as JSON.
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/plan/clouds.h"
#include "bench/plan/held_out.h"
#include "plan/learned_models.h"
#include "plan/measurements_text.h"
#include "plan/models_file.h"

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
      std::ifstream file(argv[2]);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      const auto rows = ionloom::plan::parse_measurements(text, argv[2]);
      if (!rows) throw std::runtime_error(rows.error().message());
      std::cout << ionloom::plan::models_text(ionloom::plan::learn_models(*rows));
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
  std::cerr << "usage: bench_plan held-out RUNS.json | clouds | models MEASUREMENTS.jsonl\n";
  return 2;
}
