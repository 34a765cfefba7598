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

simulate::PatternFunction pattern_function(const simulate::SimulateOptions& options) {
  const bool positive = options.polarity == simulate::Polarity::kPositive;
  const double power = options.resolving_power_at_200.value_or(
      simulate::typical_instrument(options.analyzer).resolving_power_at_200);
  const chem::PatternSettings settings{
      .shape = {.version = chem::AnalysisVersion::kV3,
                .analyzer = options.analyzer,
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
