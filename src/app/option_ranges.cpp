#include "app/option_ranges.h"

#include <fmt/core.h>

namespace ionloom::app {
namespace {

Result<void> check_range(const char* option, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return usage_error(
      fmt::format("--{} {} is out of range (expected {} to {})", option, value, low, high));
}

}  // namespace

Result<void> check_ranges(const AnnotateOptions& options) {
  for (const auto& checked :
       {check_range("isotope-peaks", options.isotope_peaks, 2, 16),
        check_range("decoys", options.decoys, 1, 80), check_range("min-px", options.min_px, 1, 4e9),
        check_range("fdr", options.fdr, 0, 1),
        check_range("ppm", options.ppm.value_or(1), 1e-3, 1000),
        check_range("isocalc-sigma", options.isocalc_sigma_mz.value_or(1e-3), 1e-5, 1),
        check_range("resolving-power", options.resolving_power.value_or(1e5), 1000, 1e8),
        check_range("threads", options.threads.value_or(1), 1, 1024)}) {
    if (!checked) return checked;
  }
  return {};
}

}  // namespace ionloom::app
