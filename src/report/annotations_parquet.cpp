#include "report/annotations_parquet.h"

#include <cstdint>
#include <string>
#include <vector>

#include "report/annotation_table.h"
#include "report/parquet_file.h"
#include "report/peak_columns.h"

namespace ionloom::report {

namespace {

std::vector<std::string> shown(const Annotation& annotation, std::string Molecule::*text) {
  std::vector<std::string> texts;
  for (Molecule& molecule : shown_molecules(annotation)) {
    texts.push_back(std::move(molecule.*text));
  }
  return texts;
}

std::vector<ParquetColumn<Annotation>> columns_of(const RunIdentity& run) {
  const bool positive = run.positive;
  const auto column = [](std::string name, std::string description, auto value) {
    return parquet_column<Annotation>(std::move(name), std::move(description), value);
  };
  std::vector<ParquetColumn<Annotation>> columns = {
      column("list", "name of the molecule list", &Annotation::list),
      column("formula", "molecular formula as written in the list", &Annotation::formula),
      column("chem_mod", "chemical modification, or empty", &Annotation::chem_mod),
      column("neutral_loss", "neutral loss, or empty", &Annotation::neutral_loss),
      column("adduct", "adduct, e.g. +H, or [M]+", &Annotation::adduct),
      column("ion", "formula, modifiers and polarity",
             [positive](const Annotation& a) { return ion_text(a, positive); }),
      column("ion_formula", "composition of the ion, charge left out", &Annotation::ion_formula),
      column("charge", "elementary charges",
             [positive](const Annotation&) { return static_cast<std::int8_t>(positive ? 1 : -1); }),
      column("mz", "monoisotopic m/z of the ion", &Annotation::mz),
      column("is_mono", "the first theoretical peak lies within 3 ppm of mz", &Annotation::is_mono),
      column("msm", "score: chaos x spatial x spectral, or the model's", &Annotation::msm),
      column("fdr", "false discovery rate, a fraction", &Annotation::fdr),
      column("chaos", "measure of chaos, 0 to 1", &Annotation::chaos),
      column("spatial", "isotope image correlation, 0 to 1", &Annotation::spatial),
      column("spectral", "isotope pattern match, 0 to 1", &Annotation::spectral),
      column("mz_err_abs_mz", "mean minus theoretical m/z of the first peak, m/z units",
             &Annotation::mz_err_abs),
      column("mz_err_abs_ppm", "mz_err_abs_mz relative to mz, ppm", mass_error_ppm),
      column("mz_err_rel_mz", "error of the other peaks against the first, m/z units",
             &Annotation::mz_err_rel),
      column("mz_err_rel_ppm", "mz_err_rel_mz relative to mz, ppm",
             [](const Annotation& a) { return a.mz_err_rel / a.mz * 1e6; }),
  };
  for (std::size_t f = 0; f < run.scoring_model.fdr_features.size(); ++f) {
    columns.push_back(column(run.scoring_model.fdr_features[f],
                             "false discovery rate by this metric alone, which the model looks at",
                             [f](const Annotation& a) { return a.feature_fdrs[f]; }));
  }
  std::ranges::move(peak_columns<Annotation>(), std::back_inserter(columns));
  std::ranges::move(
      std::vector{
          column("molecule_names", "cleaned names of the first 50 molecules with this formula",
                 [](const Annotation& a) { return shown(a, &Molecule::name); }),
          column("molecule_ids", "ids of the same molecules",
                 [](const Annotation& a) { return shown(a, &Molecule::id); }),
          column("isomeric_mols_count", "number of molecules above",
                 [](const Annotation& a) {
                   return static_cast<std::uint32_t>(std::min(a.molecules.size(), kShownMolecules));
                 }),
          column("isomeric_ions_count", "other annotations with this ion formula",
                 &Annotation::isomeric_ions),
          column("isobaric_ions_count", "number of isobaric ions",
                 [](const Annotation& a) {
                   return static_cast<std::uint32_t>(a.isobaric_ions.size());
                 }),
          column("isobaric_ions", "annotations whose peaks cannot be told from this one's",
                 &Annotation::isobaric_ions),
          column("image_stem", "names of the images begin with it: images/STEM_PEAK.png",
                 &Annotation::image_stem),
      },
      std::back_inserter(columns));
  return columns;
}

}  // namespace

Result<void> write_annotations_parquet(const std::filesystem::path& path,
                                       const AnnotationRows& rows, const RunIdentity& run) {
  return write_parquet(
      path, "annotations", columns_of(run), rows.size(), [&](std::size_t i) { return rows[i]; },
      run);
}

}  // namespace ionloom::report
