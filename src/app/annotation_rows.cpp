#include "app/annotation_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "chem/formula.h"

namespace ionloom::app {
namespace {

/// A first peak this close to the monoisotopic m/z counts as monoisotopic (METASPACE,
/// es_export.py).
constexpr double kMonoisotopicPpm = 3;

/// Places of a list's molecules by their formula, those of one in list order.
std::vector<std::uint32_t> molecules_by_formula(const chem::MoleculeList& list,
                                                std::vector<std::uint32_t>& begins) {
  begins.assign(list.formulas.size() + 1, 0);
  for (const chem::ListedMolecule& molecule : list.molecules) ++begins[molecule.formula_index + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  std::vector<std::uint32_t> places(list.molecules.size());
  for (std::uint32_t place = 0; place < places.size(); ++place) {
    places[next[list.molecules[place].formula_index]++] = place;
  }
  return places;
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

ResultRows::ResultRows(const exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
                       const RunSettings& settings)
    : run_(run), lists_(lists), settings_(settings) {
  for (std::uint32_t l = 0; l < lists.size(); ++l) {
    StoredList& stored = stored_.emplace_back(settings.annotation.metrics.tolerance_ppm);
    stored.molecules = molecules_by_formula(lists[l], stored.molecule_begins);
    for (std::uint32_t i = 0; i < run.ranked[l].size(); ++i) {
      const stages::RankedIon& ranked = run.ranked[l][i];
      if (stages::is_stored(ranked.score, ranked.fdr, settings.targeted[l])) {
        stored.ranked.push_back(i);
      }
    }
    std::vector<Row> order(stored.ranked.size());
    for (std::uint32_t place = 0; place < order.size(); ++place) order[place] = {l, place};
    std::ranges::stable_sort(order, [&](const Row& a, const Row& b) { return is_before(a, b); });
    std::vector<std::uint32_t> sorted;
    sorted.reserve(order.size());
    for (const Row& row : order) sorted.push_back(stored.ranked[row.place]);
    stored.ranked = std::move(sorted);
    stored.neighbours.reserve(stored.ranked.size(), run.patterns.peaks_per_ion);
    for (std::uint32_t place = 0; place < stored.ranked.size(); ++place) {
      const stages::RankedIon& ranked = ranked_at(l, place);
      const stages::MeasuredIon& measured = run.measured[ranked.measured];
      stored.neighbours.add(measured.ion, isotope_peaks(run, measured));
      if (settings.targeted[l] || ranked.fdr <= settings.fdr) rows_.push_back({l, place});
    }
    stored.neighbours.sort();
  }
  if (lists.size() > 1) {
    std::ranges::stable_sort(rows_, [&](const Row& a, const Row& b) { return is_before(a, b); });
  }
  stems_.emplace(report::AnnotationRows(
      size(), [this](std::size_t i) { return named_at(rows_[i].list, rows_[i].place); }));
}

const stages::RankedIon& ResultRows::ranked_at(std::uint32_t list, std::uint32_t place) const {
  return run_.ranked[list][stored_[list].ranked[place]];
}

const stages::RankedIon& ResultRows::ranked(std::size_t i) const {
  return ranked_at(rows_[i].list, rows_[i].place);
}

const stages::MeasuredIon& ResultRows::measured(std::size_t i) const {
  return run_.measured[ranked(i).measured];
}

bool ResultRows::is_before(const Row& a, const Row& b) const {
  const stages::RankedIon& one = ranked_at(a.list, a.place);
  const stages::RankedIon& other = ranked_at(b.list, b.place);
  if (one.fdr != other.fdr) return one.fdr < other.fdr;
  if (one.score != other.score) return one.score > other.score;
  const int order = ion_text_at(a.list, a.place).compare(ion_text_at(b.list, b.place));
  return order != 0 ? order < 0 : lists_[a.list].name < lists_[b.list].name;
}

report::Annotation ResultRows::described_at(std::uint32_t list, std::uint32_t place) const {
  const stages::RankedIon& ranked = ranked_at(list, place);
  const stages::TargetModifier& modifier = run_.ions.modifiers[ranked.modifier];
  report::Annotation row;
  row.list = lists_[list].name;
  row.formula = lists_[list].formulas[ranked.formula];
  row.chem_mod = modifier.chem_mod;
  row.neutral_loss = modifier.neutral_loss;
  row.adduct = modifier.adduct;
  row.ion_formula = run_.ions.ions[run_.measured[ranked.measured].ion];
  row.msm = ranked.score;
  row.fdr = ranked.fdr;
  return row;
}

report::Annotation ResultRows::named_at(std::uint32_t list, std::uint32_t place) const {
  report::Annotation row = described_at(list, place);
  const auto composition = chem::ion_composition(row.ion_formula);
  if (composition) row.mz = chem::monoisotopic_mz(*composition, settings_.positive);
  return row;
}

std::string ResultRows::ion_text_at(std::uint32_t list, std::uint32_t place) const {
  return report::ion_text(described_at(list, place), settings_.positive);
}

report::Annotation ResultRows::named(std::size_t i) const {
  report::Annotation row = named_at(rows_[i].list, rows_[i].place);
  row.image_stem = stems_->of(i, row);
  return row;
}

report::Annotation ResultRows::operator[](std::size_t i) const {
  const auto [list, place] = rows_[i];
  const StoredList& stored = stored_[list];
  const stages::RankedIon& ranked = ranked_at(list, place);
  const stages::MeasuredIon& measured = run_.measured[ranked.measured];
  const imaging::IonMetrics& metrics = measured.metrics;
  report::Annotation row = named(i);
  row.feature_fdrs = ranked.feature_fdrs;
  row.chaos = computed(metrics.chaos);
  row.spatial = computed(metrics.spatial);
  row.spectral = computed(metrics.spectral);
  row.mz_err_abs = metrics.mz_err_abs;
  row.mz_err_rel = metrics.mz_err_rel;
  const double first_mz = run_.patterns.of(measured.ion).mz[0];
  row.is_mono = std::abs(row.mz - first_mz) <= first_mz * kMonoisotopicPpm * 1e-6;
  row.peaks = isotope_peaks(run_, measured);

  const std::uint32_t first = stored.molecule_begins[ranked.formula];
  const std::uint32_t last = stored.molecule_begins[ranked.formula + 1];
  for (std::uint32_t m = first; m < last && row.molecules.size() < report::kShownMolecules; ++m) {
    const chem::ListedMolecule& molecule = lists_[list].molecules[stored.molecules[m]];
    row.molecules.push_back({molecule.id, molecule.name});
  }
  const std::string text = report::ion_text(row, settings_.positive);
  for (const std::uint32_t other : stored.neighbours.with_ion_of(place)) {
    // One text that is reached in two ways is not its own isomer.
    if (other != place && ion_text_at(list, other) != text) ++row.isomeric_ions;
  }
  for (const std::uint32_t other : stored.neighbours.isobars_of(place, row.peaks)) {
    row.isobaric_ions.push_back(ion_text_at(list, other));
  }
  return row;
}

std::uint64_t ResultRows::memory_bound_bytes(std::uint64_t targets, std::uint32_t peaks_per_ion,
                                             std::uint64_t molecules, std::uint64_t lists) {
  // Molecules are counted on until they have their places; formulas are not more than molecules.
  // Places of the stored are sorted while theirs are held; vectors may have grown to twice.
  return targets * (4 * sizeof(std::uint32_t) + 4 * sizeof(Row)) +
         molecules * 3 * sizeof(std::uint32_t) +
         report::IonNeighbours::memory_bound_bytes(targets, peaks_per_ion) +
         report::IonImageStems::memory_bound_bytes(targets, lists > 1 ? targets : 0);
}

std::uint64_t count_at_fdr(const exec::AnnotationRun& run, std::size_t list, bool targeted,
                           double level) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(run.ranked[list], [&](const stages::RankedIon& ranked) {
        return ranked.fdr <= level && stages::is_stored(ranked.score, ranked.fdr, targeted);
      }));
}

}  // namespace ionloom::app
