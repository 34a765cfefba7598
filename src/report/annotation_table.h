#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "report/annotation.h"

namespace ionloom::report {

/// Candidate molecules written per annotation; more are left out. METASPACE: es_export.py,
/// _get_mol_by_formula_dict.
inline constexpr std::size_t kShownMolecules = 50;

/// Isomers and isobars among the annotations of one molecule list, by METASPACE's rules
/// (es_export.py, _add_isomer_fields_to_anns and ESExporterIsobars; annotate.py's windows).
/// Annotations are numbered as they are added. Holds their windows, not them.
class IonNeighbours {
 public:
  explicit IonNeighbours(double ppm) : ppm_(ppm) {}

  /// Makes room for so many annotations.
  void reserve(std::size_t annotations, std::uint32_t peaks_per_ion);

  /// The next of *all* stored annotations of the list (msm > 0 and fdr < 1; every one when
  /// targeted), in the order wanted in the results.
  /// @param ion  a number that the annotations with this ion formula have, and no others
  void add(std::uint32_t ion, std::span<const IsotopePeak> peaks);

  /// Call after the last one. Time is n log n in the number of peaks.
  void sort();

  /// The annotations with the ion formula of annotation `i`, itself among them, ascending. Those of
  /// another ion text are its isomeric ions.
  [[nodiscard]] std::span<const std::uint32_t> with_ion_of(std::size_t i) const;

  /// Isobaric ions, ascending: annotations with another ion formula, of which either the first
  /// peaks or at least two pairs of peaks have overlapping windows mz -+ ppm; touching windows
  /// overlap, and only peaks with an image count.
  /// @param peaks  those of annotation `i`
  [[nodiscard]] std::vector<std::uint32_t> isobars_of(std::size_t i,
                                                      std::span<const IsotopePeak> peaks) const;

  /// Bytes that are held at most, with room made for all.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t annotations,
                                                        std::uint32_t peaks_per_ion);

 private:
  /// A peak with an image.
  struct Window {
    double mz = 0;
    std::uint32_t annotation = 0;
    bool first = false;  ///< first peak of its pattern
  };

  [[nodiscard]] double half_width(double mz) const { return mz * ppm_ * 1e-6; }

  double ppm_;
  /// By m/z. Both bounds grow with m/z, so that the windows that overlap a given one stand side by
  /// side.
  std::vector<Window> windows_;
  std::vector<std::uint32_t> ions_;    ///< of each annotation
  std::vector<std::uint32_t> by_ion_;  ///< annotations by their ion
};

/// Signed error of the first peak's mean m/z, relative to the ion's monoisotopic m/z.
[[nodiscard]] double mass_error_ppm(const Annotation& annotation);

/// The first kShownMolecules molecules, with clean_molecule_name() applied to their names.
[[nodiscard]] std::vector<Molecule> shown_molecules(const Annotation& annotation);

}  // namespace ionloom::report
