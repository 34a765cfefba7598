// bench_edge MEASURED.json [ENVIRONMENTS]: what edge_run.py needs of the placement, as JSON.
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "bench/edge/environments.h"

int main(int argc, char** argv) {
  using namespace ionloom::bench;
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: bench_edge MEASURED.json [ENVIRONMENTS]\n";
    return 2;
  }
  try {
    std::ifstream file(argv[1]);
    const EdgeMeasurements measured = read_edge_measurements(nlohmann::json::parse(file));
    const std::uint64_t environments = argc > 2 ? std::stoull(argv[2]) : 250;
    std::cout << nlohmann::json{{"regret", placement_regret(measured, environments)},
                                {"left_out", leave_one_device_out(measured)}}
              << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench_edge: " << error.what() << '\n';
    return 1;
  }
}
