#include "app/simulation_run.h"

#include <cstdio>
#include <memory>
#include <mutex>

#include "app/interruption.h"
#include "app/progress_line.h"
#include "app/simulate_command.h"
#include "chem/formula.h"
#include "chem/isotopic_pattern.h"
#include "chem/modifier.h"

namespace ionloom::app {
namespace {

/// Peak width that patterns are planted with: one of METASPACE's usual settings. Only where two
/// isotopologues merge depends on it.
constexpr double kPlantedResolvingPower = 140'000;

chem::Analyzer chem_analyzer(simulate::Analyzer analyzer) {
  switch (analyzer) {
    case simulate::Analyzer::kOrbitrap:
      return chem::Analyzer::kOrbitrap;
    case simulate::Analyzer::kFticr:
      return chem::Analyzer::kFticr;
    case simulate::Analyzer::kTof:
      return chem::Analyzer::kTof;
  }
  return chem::Analyzer::kOrbitrap;
}

simulate::PatternFunction pattern_function(const simulate::SimulateOptions& options) {
  const bool positive = options.polarity == simulate::Polarity::kPositive;
  const double power = options.resolving_power_at_200.value_or(kPlantedResolvingPower);
  const chem::PatternSettings settings{
      .shape = {.version = chem::AnalysisVersion::kV3,
                .analyzer = chem_analyzer(options.analyzer),
                .sigma_mz = chem::sigma_from_resolving_power(power)},
      .charge = positive ? 1 : -1,
      .max_peaks = 4};
  struct Shared {
    explicit Shared(const chem::PatternSettings& s) : calculator(s) {}
    std::mutex mutex;
    chem::IsotopicPatternCalculator calculator;
  };
  const auto shared = std::make_shared<Shared>(settings);
  return [shared](const std::string& formula, const std::string& adduct) {
    std::vector<std::pair<double, double>> peaks;
    const auto molecule = chem::ion_composition(formula);
    const auto modifier = chem::parse_modifier(adduct);
    if (!molecule || !modifier) return peaks;
    const auto ion = chem::apply_modifier(*molecule, *modifier);
    if (!ion) return peaks;
    const std::lock_guard lock(shared->mutex);
    for (const chem::PatternPeak& peak : shared->calculator.compute(*ion)) {
      peaks.emplace_back(peak.mz, peak.intensity);
    }
    return peaks;
  };
}

}  // namespace

Result<void> simulate_with_progress(const simulate::SimulateOptions& options) {
  ProgressLine line;
  bool begun = false;
  std::uint64_t shown = 0;
  simulate::SimulateCallbacks callbacks;
  callbacks.cancelled = interrupted;
  callbacks.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (!begun) line.begin("simulate", "spectra", total);
    begun = true;
    if (done > shown) line.advance(done - shown);
    shown = done;
    if (done == total) line.end();
  };
  return run_simulate({.simulate = options}, pattern_function(options), stdout, callbacks);
}

}  // namespace ionloom::app
