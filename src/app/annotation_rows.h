#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/run_settings.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "report/annotation.h"

namespace ionloom::app {

/// The annotations to write, in the order of the results: those with FDR at most settings.fdr, and
/// every row of targeted lists. Isomers and isobars are counted among all that METASPACE would
/// store, not only among those written.
[[nodiscard]] std::vector<report::Annotation> annotation_rows(
    const exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
    const RunSettings& settings);

/// Annotations of one list with FDR at most `level`, among those that METASPACE would store.
[[nodiscard]] std::uint64_t count_at_fdr(const exec::AnnotationRun& run, std::size_t list,
                                         bool targeted, double level);

/// What report needs of an ion's peaks.
[[nodiscard]] std::vector<report::IsotopePeak> isotope_peaks(const exec::AnnotationRun& run,
                                                             const stages::MeasuredIon& measured);

/// nullopt for a metric that was not computed.
[[nodiscard]] std::optional<double> computed(double metric);

}  // namespace ionloom::app
