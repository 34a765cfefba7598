#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/error.h"
#include "bench/exchange.h"

namespace ionloom::bench {

/// What the benchmarks work on.
struct Inputs {
  std::filesystem::path list;                   ///< molecule list
  std::vector<std::filesystem::path> datasets;  ///< imzML files, the smallest first
  std::filesystem::path model;                  ///< CatBoost model file
  std::filesystem::path module;                 ///< the stages' WebAssembly module
  Exchange exchange{{}};
};

// Each adds the benchmarks of one file. A benchmark tells its size per iteration as the counter
// "units" (ions, pixels, peaks, rows, bytes) and makes its inputs when it is run.
void add_memory(const Inputs& inputs);    ///< the machine: copying memory, reading a cached file
void add_patterns(const Inputs& inputs);  ///< isotopic patterns of targets and decoys
void add_chaos(const Inputs& inputs);     ///< measure of chaos, by image size
void add_ingest(const Inputs& inputs);    ///< opening, reading and m/z ordering, by dataset
void add_ions(const Inputs& inputs);      ///< ion images, metrics, and both together
void add_scoring(const Inputs& inputs);   ///< predictions of a scoring model
void add_ranking(const Inputs& inputs);   ///< scores to false-discovery rates
void add_module(const Inputs& inputs);    ///< the module: loading it, an instance, a least task

/// Does the work that is measured. Never inlined: callgrind counts instructions between its entry
/// and exit (--toggle-collect), so that making inputs does not count.
template <class Work>
[[gnu::noinline]] void counted(Work&& work) {
  std::forward<Work>(work)();
}

/// Times work() and states its size.
template <class Work>
void measure(benchmark::State& state, double units, Work&& work) {
  for ([[maybe_unused]] auto iteration : state) counted(work);
  state.counters["units"] = units;
}

/// The value, or the reason why the benchmark cannot run, which fails it.
template <class T>
T* value_or_skip(benchmark::State& state, Result<T>& result) {
  if (result) return &*result;
  state.SkipWithError(result.error().message().c_str());
  return nullptr;
}

}  // namespace ionloom::bench
