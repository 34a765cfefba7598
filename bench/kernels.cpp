#include "bench/kernels.h"

#include <iostream>
#include <string>
#include <string_view>

// Benchmarks of the kernels, on one thread. Options of our own, beside google-benchmark's:
//   --list=FILE        molecule list
//   --dataset=FILE     imzML file; may be given several times, the smallest first
//   --model=FILE       CatBoost model of METASPACE-ML
//   --module=FILE      the stages' WebAssembly module
//   --exchange=FOLDER  where inputs and results are left for the peers
int main(int argc, char** argv) {
  using namespace ionloom::bench;
  Inputs inputs;
  std::vector<char*> others;
  for (char* argument : std::span(argv, static_cast<std::size_t>(argc))) {
    const std::string_view text = argument;
    const auto value = [&] { return std::string(text.substr(text.find('=') + 1)); };
    if (text.starts_with("--list=")) {
      inputs.list = value();
    } else if (text.starts_with("--dataset=")) {
      inputs.datasets.emplace_back(value());
    } else if (text.starts_with("--model=")) {
      inputs.model = value();
    } else if (text.starts_with("--module=")) {
      inputs.module = value();
    } else if (text.starts_with("--exchange=")) {
      inputs.exchange = Exchange(value());
    } else {
      others.push_back(argument);
    }
  }
  add_memory(inputs);
  add_patterns(inputs);
  add_chaos(inputs);
  add_ingest(inputs);
  add_ions(inputs);
  add_scoring(inputs);
  add_ranking(inputs);
#ifdef IONLOOM_WITH_WASM
  add_module(inputs);
#endif

  int count = static_cast<int>(others.size());
  benchmark::Initialize(&count, others.data());
  if (benchmark::ReportUnrecognizedArguments(count, others.data())) return 2;
  if (benchmark::RunSpecifiedBenchmarks() == 0) {
    std::cerr << "no benchmark has such a name\n";
    return 1;
  }
  return 0;
}
