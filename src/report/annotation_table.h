#pragma once

#include <span>
#include <vector>

#include "report/annotation.h"

namespace ionloom::report {

/// Candidate molecules written per annotation; more are left out. METASPACE: es_export.py,
/// _get_mol_by_formula_dict.
inline constexpr std::size_t kShownMolecules = 50;

/// Counts isomers and names isobars of every annotation, by METASPACE's rules (es_export.py,
/// _add_isomer_fields_to_anns and ESExporterIsobars; annotate.py's windows).
///
/// Isomeric ions: annotations with an equal ion formula and another ion text.
/// Isobaric ions: annotations with another ion formula, of which either the first peaks or at
/// least two pairs of peaks have overlapping windows mz -+ ppm; touching windows overlap, and only
/// peaks with an image count. They are named in the order of `list`.
///
/// @param list  *all* stored annotations of one molecule list (msm > 0 and fdr < 1; every one when
///              targeted), in the order wanted in the results; isomeric_ions and isobaric_ions are
///              overwritten
/// Time is n log n in the number of peaks, plus the number of overlaps.
void fill_isomers_and_isobars(std::span<Annotation> list, double ppm, bool positive);

/// The order of rows in every result: fdr ascending (absent last), msm descending, then ion text
/// and list name by bytes. A strict weak ordering for std::sort.
struct ResultOrder {
  bool positive = true;
  [[nodiscard]] bool operator()(const Annotation& a, const Annotation& b) const;
};

/// Signed error of the first peak's mean m/z, relative to the ion's monoisotopic m/z.
[[nodiscard]] double mass_error_ppm(const Annotation& annotation);

/// The first kShownMolecules molecules, with clean_molecule_name() applied to their names.
[[nodiscard]] std::vector<Molecule> shown_molecules(const Annotation& annotation);

}  // namespace ionloom::report
