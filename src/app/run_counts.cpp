#include "app/run_counts.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "app/annotation_rows.h"

namespace ionloom::app {

report::RunCounts counts_of(const exec::AnnotationRun& run, const imzml::Dataset& dataset,
                            const std::vector<chem::MoleculeList>& lists,
                            const RunSettings& settings, std::size_t rows) {
  report::RunCounts counts;
  counts.spectra = dataset.spectra.size();
  counts.pixels = run.pixels.grid.pixel_count();
  counts.width = run.pixels.grid.width;
  counts.height = run.pixels.grid.height;
  counts.peaks = run.peaks.size();
  counts.ions = run.ions.ions.size();
  counts.target_ions = static_cast<std::uint64_t>(std::ranges::count(run.ions.is_target, 1));
  counts.ions_in_range = run.ions_in_range;
  counts.ions_with_metrics = run.measured.size();
  counts.annotations_written = rows;
  std::set<std::string> formulas;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    formulas.insert(lists[l].formulas.begin(), lists[l].formulas.end());
    const auto at = [&](double level) { return count_at_fdr(run, l, settings.targeted[l], level); };
    std::set<std::uint32_t> decoys;
    for (const std::uint32_t ion : run.ions.lists[l].decoys) {
      if (std::ranges::binary_search(run.measured, ion, {}, &stages::MeasuredIon::ion)) {
        decoys.insert(ion);
      }
    }
    std::set<std::uint32_t> targets;
    for (const stages::RankedIon& ranked : run.ranked[l]) targets.insert(ranked.measured);
    counts.lists.push_back({.list = lists[l].name,
                            .targeted = settings.targeted[l],
                            .molecules = lists[l].molecules.size(),
                            .formulas = lists[l].formulas.size(),
                            .targets = targets.size(),
                            .decoys = decoys.size(),
                            .annotations_fdr_5 = at(0.05),
                            .annotations_fdr_10 = at(0.1),
                            .annotations_fdr_20 = at(0.2),
                            .annotations_fdr_50 = at(0.5)});
  }
  counts.formulas = formulas.size();
  return counts;
}

}  // namespace ionloom::app
