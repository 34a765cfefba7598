#include "app/heading.h"

#include <cstdio>
#include <string>

#include <fmt/core.h>

#include "app/joined.h"
#include "app/progress_line.h"
#include "app/standard_streams.h"

namespace ionloom::app {
namespace {

void print_dataset(const imzml::Dataset& dataset, const stages::PixelIndex& pixels) {
  say(stdout, "{}  {} ({} x {}), {}, {}\n", dataset.imzml_path.filename().string(),
      counted(pixels.grid.pixel_count(), "pixel", "pixels"), pixels.grid.width, pixels.grid.height,
      counted(dataset.spectra.size(), "spectrum", "spectra"),
      counted(dataset.declared_peaks(), "peak", "peaks"));
}

void print_settings(const std::vector<chem::MoleculeList>& lists, const RunSettings& settings) {
  const stages::IonSettings& ions = settings.annotation.ions;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    say(stdout, "{}  {}, {}{}\n", lists[l].name,
        counted(lists[l].molecules.size(), "molecule", "molecules"),
        counted(lists[l].formulas.size(), "formula", "formulas"),
        settings.targeted[l] ? ", targeted (all rows kept; --targeted no ranks only hits)" : "");
  }
  say(stdout, "ions  {} mode, adducts {}{}{}, {} each\n",
      settings.positive ? "positive" : "negative", joined(ions.adducts, " "),
      ions.neutral_losses.empty() ? "" : ", losses " + joined(ions.neutral_losses, " "),
      ions.chem_mods.empty() ? "" : ", modifications " + joined(ions.chem_mods, " "),
      counted(ions.decoy_sample_size, "decoy", "decoys"));
  const chem::PatternSettings& pattern = settings.annotation.pattern;
  say(stdout, "instrument  {}, sigma {} at m/z 200, tolerance {} ppm ({})\n",
      chem::analyzer_name(pattern.shape.analyzer), pattern.shape.sigma_mz,
      settings.annotation.metrics.tolerance_ppm, settings.ppm_rule);
  if (settings.scoring_model != nullptr) {
    say(stdout, "score  of the model {} instead of MSM\n", settings.scoring_model->name);
  }
}

}  // namespace

void print_heading(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                   const std::vector<chem::MoleculeList>& lists, const RunSettings& settings) {
  print_dataset(dataset, pixels);
  print_settings(lists, settings);
}

void print_warnings(const Warnings& warnings) {
  for (const Warning& warning : warnings.list()) {
    say(stderr, "warning: {}{}\n", warning.text,
        warning.count > 1 ? fmt::format(" ({} times)", with_separators(warning.count)) : "");
  }
}

}  // namespace ionloom::app
