// bench_plan held-out RUNS.json | clouds: what plan_run.py needs of the planner, as JSON.
#include <exception>
#include <fstream>
#include <iostream>
#include <string_view>

#include "bench/plan/clouds.h"
#include "bench/plan/held_out.h"

int main(int argc, char** argv) {
  using namespace ionloom::bench;
  const std::string_view what = argc > 1 ? argv[1] : "";
  try {
    if (what == "held-out" && argc == 3) {
      std::ifstream file(argv[2]);
      std::cout << held_out(read_runs(nlohmann::json::parse(file))) << '\n';
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
  std::cerr << "usage: bench_plan held-out RUNS.json | bench_plan clouds\n";
  return 2;
}
