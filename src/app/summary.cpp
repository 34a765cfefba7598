#include "app/summary.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include <fmt/core.h>

#include "app/annotation_rows.h"
#include "app/standard_streams.h"
#include "exec/mass_bias_run.h"
#include "fdr/fdr_ranking.h"
#include "report/annotation_table.h"

namespace ionloom::app {
namespace {

constexpr std::size_t kShownRows = 10;
constexpr std::size_t kShownNameBytes = 40;

void print_counts(const exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
                  const RunSettings& settings) {
  say(stdout, "\n{:<24}", "annotations at FDR");
  for (const double level : fdr::kFdrLevels) say(stdout, "{:>8.0f} %", 100 * level);
  say(stdout, "\n");
  for (std::size_t l = 0; l < lists.size(); ++l) {
    say(stdout, "{:<24}", lists[l].name);
    for (const double level : fdr::kFdrLevels) {
      say(stdout, "{:>10}", count_at_fdr(run, l, settings.targeted[l], level));
    }
    say(stdout, "\n");
  }
}

std::string first_name(const report::Annotation& row) {
  const auto molecules = report::shown_molecules(row);
  if (molecules.empty()) return "";
  const report::Molecule& first = molecules.front();
  std::string name = (first.name.empty() ? first.id : first.name);
  if (name.size() > kShownNameBytes) {
    name.resize(kShownNameBytes);
    while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0xC0) == 0x80) {
      name.pop_back();
    }
    name += "...";
  }
  return molecules.size() > 1 ? fmt::format("{} (+{})", name, molecules.size() - 1) : name;
}

void print_best(const ResultRows& rows) {
  say(stdout, "\nbest {:<25}{:<10}{:>12}{:>9}{:>8}{:>8}  molecule\n", "formula", "adduct", "m/z",
      "ppm", "MSM", "FDR");
  for (std::size_t i = 0; i < std::min(rows.size(), kShownRows); ++i) {
    const report::Annotation row = rows[i];
    say(stdout, "{:>4} {:<25}{:<10}{:>12.4f}{:>+9.2f}{:>8.3f}{:>6.1f} %  {}\n", i + 1, row.formula,
        row.chem_mod + row.neutral_loss + row.adduct, row.mz, report::mass_error_ppm(row), row.msm,
        100 * row.fdr.value_or(1), first_name(row));
  }
}

/// A run that finds nothing owes an answer to "how far off was it, and why?".
Result<void> print_why_nothing(exec::AnnotationRun& run,
                               const std::vector<chem::MoleculeList>& lists,
                               const RunSettings& settings) {
  const stages::RankedIon* best = nullptr;
  std::size_t best_list = 0;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    for (const stages::RankedIon& ranked : run.ranked[l]) {
      if (ranked.score <= 0) continue;
      if (best == nullptr || ranked.fdr < best->fdr ||
          (ranked.fdr == best->fdr && ranked.score > best->score)) {
        best = &ranked;
        best_list = l;
      }
    }
  }
  say(stdout, "\nNo annotation at {:.0f} % FDR.\n", 100 * settings.fdr);
  if (best == nullptr) {
    say(stdout,
        "No ion of the lists has a signal with the shape of its isotopic pattern (MSM > 0).\n");
  } else {
    say(stdout, "Closest to it: {}{} with MSM {:.3f} at {:.0f} % FDR.\n",
        lists[best_list].formulas[best->formula], run.ions.modifiers[best->modifier].text,
        best->score, 100 * best->fdr);
  }
  const auto measured = exec::measure_mass_bias(run);
  if (!measured) return std::unexpected(measured.error());
  const std::optional<stages::MassBias>& bias = *measured;
  const double tolerance = settings.annotation.metrics.tolerance_ppm;
  if (!bias) {
    say(stdout,
        "The mass bias cannot be measured: the peaks near the ions' m/z pile up nowhere within "
        "{:.0f} ppm. Is this the right list, polarity and dataset?\n",
        stages::kMassBiasReachPpm);
  } else if (std::abs(bias->ppm) > tolerance / 2) {
    say(stdout,
        "Measured mass bias: {:+.1f} ppm, where peaks pile up around the ions' m/z. The dataset "
        "looks uncalibrated: recalibrate it, or try --ppm {:.0f}.\n",
        bias->ppm, std::ceil(std::abs(bias->ppm)) + tolerance);
  } else {
    say(stdout, "Measured mass bias: {:+.1f} ppm, well inside the tolerance of {} ppm.\n",
        bias->ppm, tolerance);
  }
  return {};
}

}  // namespace

Result<void> print_summary(exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
                           const ResultRows& rows, const RunSettings& settings) {
  print_counts(run, lists, settings);
  const bool any =
      std::ranges::any_of(std::views::iota(std::size_t{0}, rows.size()), [&](std::size_t i) {
        return rows.ranked(i).score > 0 && rows.ranked(i).fdr <= settings.fdr;
      });
  if (!any) return print_why_nothing(run, lists, settings);
  print_best(rows);
  return {};
}

}  // namespace ionloom::app
