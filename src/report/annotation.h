#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ionloom::report {

/// One isotope peak of an ion: what theory says and what its image shows.
struct IsotopePeak {
  double theoretical_mz = 0;        ///< 0 when the pattern has no such peak
  float theoretical_intensity = 0;  ///< percent of the pattern's highest peak
  double mz_mean = 0;               ///< intensity-weighted; theoretical m/z without an image
  double mz_stddev = 0;             ///< m/z units
  float min_intensity = 0;          ///< always 0 (METASPACE takes the minimum together with 0)
  float max_intensity = 0;          ///< detector units
  float total_intensity = 0;        ///< detector units, over all pixels
  bool has_image = false;           ///< at least one peak of the dataset lies in the window
};

struct Molecule {
  std::string id;
  std::string name;
};

/// One ion of one molecule list with everything METASPACE keeps about it.
struct Annotation {
  std::string list;          ///< name of the molecule list (file stem)
  std::string formula;       ///< as written in the list
  std::string chem_mod;      ///< "" or e.g. "+C2H2O"
  std::string neutral_loss;  ///< "" or e.g. "-H2O"
  std::string adduct;        ///< "+H", "-H", "[M]+" ...
  std::string ion_formula;   ///< of the whole ion, charge left out, e.g. "C6H13O6"
  bool decoy = false;
  double msm = 0;             ///< what was ranked: MSM, or a scoring model's score
  std::optional<double> fdr;  ///< absent for decoys and (version 1) targeted lists
  /// FDR by one metric each: as many as ScoringModelIdentity::fdr_features.
  std::vector<double> feature_fdrs;
  std::optional<double> chaos;
  std::optional<double> spatial;
  std::optional<double> spectral;
  double mz = 0;                    ///< monoisotopic, of the ion (pyMSpec's masses)
  double mz_err_abs = 0;            ///< m/z units, first peak
  double mz_err_rel = 0;            ///< m/z units, other peaks against the first
  bool is_mono = true;              ///< first theoretical peak lies within 3 ppm of `mz`
  std::vector<IsotopePeak> peaks;   ///< as many as --isotope-peaks
  std::vector<Molecule> molecules;  ///< of the list with this formula, in list order
  std::uint32_t isomeric_ions = 0;
  std::vector<std::string> isobaric_ions;  ///< ion texts, e.g. "C6H12O6+Na+"
  std::string image_stem;                  ///< of the row's image files, see IonImageStems
};

/// Rows of results, each made when it is asked for: all of them may be more than should be held.
class AnnotationRows {
 public:
  using RowAt = std::function<Annotation(std::size_t i)>;

  /// @param row_at  may be called more than once for a row
  AnnotationRows(std::size_t size, RowAt row_at) : size_(size), row_at_(std::move(row_at)) {}
  /// Rows that are there. REQUIRES: they outlive this.
  AnnotationRows(const std::vector<Annotation>& rows)  // NOLINT(google-explicit-constructor)
      : AnnotationRows(rows.size(), [&rows](std::size_t i) { return rows[i]; }) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Annotation operator[](std::size_t i) const { return row_at_(i); }

 private:
  std::size_t size_;
  RowAt row_at_;
};

/// Text of an ion as METASPACE shows it: "C45H80O6+H+", "C6H12O6-H2O-H-", "C6H6+" for [M]+.
[[nodiscard]] std::string ion_text(const Annotation& annotation, bool positive);

}  // namespace ionloom::report
