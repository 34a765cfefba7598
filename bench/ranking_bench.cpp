#include <cmath>
#include <random>

#include "bench/kernels.h"
#include "fdr/fdr_ranking.h"

namespace ionloom::bench {
namespace {

// A list of 11,592 formulas with one adduct: each has a score, and so has each of 20 decoys.
constexpr std::size_t kTargets = 11'592;
constexpr std::size_t kSamples = 20;

/// Scores in [0, 1), rounded so that some are equal; a greater power makes more of them low.
std::vector<double> scores(std::size_t count, double power, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> values(count);
  for (double& value : values) {
    const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
    value = std::floor(std::pow(uniform, power) * 1e6) / 1e6;
  }
  return values;
}

void ranking(benchmark::State& state, const Exchange& exchange) {
  const std::vector<double> targets = scores(kTargets, 2, 1);
  const std::vector<double> decoys = scores(kTargets * kSamples, 5, 2);
  std::vector<double> rates;
  measure(state, static_cast<double>(targets.size() + decoys.size()),
          [&] { rates = fdr::fdr_v3(targets, decoys, kSamples); });
  exchange.numbers<double>("ranking_targets.f64", targets);
  exchange.numbers<double>("ranking_decoys.f64", decoys);
  exchange.numbers<double>("ranking_rates.f64", rates);
}

}  // namespace

void add_ranking(const Inputs& inputs) {
  benchmark::RegisterBenchmark(
      "ranking", [&inputs](benchmark::State& state) { ranking(state, inputs.exchange); });
}

}  // namespace ionloom::bench
