#include "app/simulate_command.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace ionloom::app {

Result<void> run_simulate(const SimulateCommandOptions& options,
                          const simulate::PatternFunction& pattern, std::FILE* out,
                          const simulate::SimulateCallbacks& callbacks) {
  const auto start = std::chrono::steady_clock::now();
  Result<simulate::SimulateSummary> summary =
      simulate::simulate_dataset(options.simulate, pattern, callbacks);
  if (!summary) return std::unexpected(std::move(summary.error()));
  if (options.quiet) return {};

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  fmt::print(out, "Simulated {} spectra with {} peaks in {:.1f} s (seed {}).\n", summary->spectra,
             summary->peaks, elapsed.count(), options.simulate.seed);
  fmt::print(out, "Planted {} ions from a list of {} formulas; mass bias {:+.2f} ppm.\n",
             summary->planted_ions, summary->formulas, summary->mass_bias_ppm);
  fmt::print(out, "  {}  {:.1f} MB\n", summary->imzml.string(), megabytes(summary->imzml_bytes));
  fmt::print(out, "  {}  {:.1f} MB\n", summary->ibd.string(), megabytes(summary->ibd_bytes));
  fmt::print(out, "  {}  the planted ions\n", summary->truth_csv.string());
  fmt::print(out, "  {}  everything it was drawn with\n", summary->truth_json.string());
  return {};
}

}  // namespace ionloom::app
