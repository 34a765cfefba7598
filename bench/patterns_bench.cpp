#include "bench/kernels.h"
#include "bench/sampled_ions.h"

namespace ionloom::bench {
namespace {

constexpr std::size_t kIons = 4000;

/// A calculator that knows nothing yet, as a run begins with.
void patterns(benchmark::State& state, const Inputs& inputs) {
  Result<stages::IonSet> sampled = sampled_ions(inputs.list, kIons);
  const stages::IonSet* ions = value_or_skip(state, sampled);
  if (ions == nullptr) return;
  stages::PatternTable table;
  measure(state, static_cast<double>(ions->ions.size()), [&] { table = patterns_of(*ions); });
  const double sigma_mz = pattern_settings().shape.sigma_mz;
  inputs.exchange.numbers<double>("patterns_sigma_mz.f64", {&sigma_mz, 1});
  inputs.exchange.lines("patterns_ions.txt", ions->ions);
  inputs.exchange.numbers<double>("patterns_mz.f64", table.mz);
  inputs.exchange.numbers<float>("patterns_intensity.f32", table.intensity);
}

}  // namespace

void add_patterns(const Inputs& inputs) {
  if (inputs.list.empty()) return;
  benchmark::RegisterBenchmark("patterns",
                               [&inputs](benchmark::State& state) { patterns(state, inputs); });
}

}  // namespace ionloom::bench
