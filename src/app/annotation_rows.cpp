#include "app/annotation_rows.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "chem/formula.h"
#include "report/annotation_table.h"
#include "report/ion_images.h"

namespace ionloom::app {
namespace {

/// A first peak this close to the monoisotopic m/z counts as monoisotopic (METASPACE,
/// es_export.py).
constexpr double kMonoisotopicPpm = 3;

/// The molecules of each formula of a list, in list order.
using FormulaMolecules = std::vector<std::shared_ptr<std::vector<report::Molecule>>>;

FormulaMolecules molecules_by_formula(const chem::MoleculeList& list) {
  FormulaMolecules molecules(list.formulas.size());
  for (auto& own : molecules) own = std::make_shared<std::vector<report::Molecule>>();
  for (const chem::ListedMolecule& molecule : list.molecules) {
    std::vector<report::Molecule>& own = *molecules[molecule.formula_index];
    if (own.size() < report::kShownMolecules) own.push_back({molecule.id, molecule.name});
  }
  return molecules;
}

report::Annotation annotation_of(const exec::AnnotationRun& run, const stages::RankedIon& ranked,
                                 const chem::MoleculeList& list,
                                 std::shared_ptr<const std::vector<report::Molecule>> molecules,
                                 bool positive) {
  const stages::MeasuredIon& measured = run.measured[ranked.measured];
  const stages::TargetModifier& modifier = run.ions.modifiers[ranked.modifier];
  const imaging::IonMetrics& metrics = measured.metrics;
  report::Annotation row;
  row.list = list.name;
  row.formula = list.formulas[ranked.formula];
  row.chem_mod = modifier.chem_mod;
  row.neutral_loss = modifier.neutral_loss;
  row.adduct = modifier.adduct;
  row.ion_formula = run.ions.ions[measured.ion];
  row.msm = ranked.score;
  row.fdr = ranked.fdr;
  row.feature_fdrs = ranked.feature_fdrs;
  row.chaos = computed(metrics.chaos);
  row.spatial = computed(metrics.spatial);
  row.spectral = computed(metrics.spectral);
  row.mz_err_abs = metrics.mz_err_abs;
  row.mz_err_rel = metrics.mz_err_rel;
  const auto composition = chem::ion_composition(row.ion_formula);
  if (composition) row.mz = chem::monoisotopic_mz(*composition, positive);
  const double first_mz = run.patterns.of(measured.ion).mz[0];
  row.is_mono = std::abs(row.mz - first_mz) <= first_mz * kMonoisotopicPpm * 1e-6;
  row.peaks = isotope_peaks(run, measured);
  row.molecules = std::move(molecules);
  return row;
}

}  // namespace

std::optional<double> computed(double metric) {
  if (std::isnan(metric)) return std::nullopt;
  return metric;
}

std::vector<report::IsotopePeak> isotope_peaks(const exec::AnnotationRun& run,
                                               const stages::MeasuredIon& measured) {
  const imaging::TheoreticalPeaks theory = run.patterns.of(measured.ion);
  std::vector<report::IsotopePeak> peaks;
  for (std::size_t k = 0; k < theory.mz.size(); ++k) {
    const imaging::ImageStatistics& image = measured.metrics.images[k];
    peaks.push_back({.theoretical_mz = theory.mz[k],
                     .theoretical_intensity = theory.intensity[k],
                     .mz_mean = image.mz_mean,
                     .mz_stddev = image.mz_stddev,
                     .min_intensity = 0,
                     .max_intensity = image.max,
                     .total_intensity = image.total,
                     .has_image = image.has_image});
  }
  return peaks;
}

std::vector<report::Annotation> annotation_rows(const exec::AnnotationRun& run,
                                                const std::vector<chem::MoleculeList>& lists,
                                                const RunSettings& settings) {
  std::vector<report::Annotation> rows;
  const report::ResultOrder order{settings.positive};
  for (std::size_t l = 0; l < lists.size(); ++l) {
    const bool targeted = settings.targeted[l];
    const auto molecules = molecules_by_formula(lists[l]);
    std::vector<report::Annotation> stored;
    for (const stages::RankedIon& ranked : run.ranked[l]) {
      if (!stages::is_stored(ranked.score, ranked.fdr, targeted)) continue;
      stored.push_back(
          annotation_of(run, ranked, lists[l], molecules[ranked.formula], settings.positive));
    }
    std::ranges::sort(stored, order);
    report::fill_isomers_and_isobars(stored, settings.annotation.metrics.tolerance_ppm,
                                     settings.positive);
    for (report::Annotation& row : stored) {
      if (targeted || *row.fdr <= settings.fdr) rows.push_back(std::move(row));
    }
  }
  if (lists.size() > 1) std::ranges::stable_sort(rows, order);
  std::vector<std::string> stems = report::ion_image_stems(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].image_stem = std::move(stems[i]);
  return rows;
}

std::uint64_t count_at_fdr(const exec::AnnotationRun& run, std::size_t list, bool targeted,
                           double level) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(run.ranked[list], [&](const stages::RankedIon& ranked) {
        return ranked.fdr <= level && stages::is_stored(ranked.score, ranked.fdr, targeted);
      }));
}

}  // namespace ionloom::app
