#include "report/annotation_table.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>

#include "report/molecule_name.h"

namespace ionloom::report {

void IonNeighbours::reserve(std::size_t annotations, std::uint32_t peaks_per_ion) {
  ions_.reserve(annotations);
  windows_.reserve(annotations * peaks_per_ion);
}

void IonNeighbours::add(std::uint32_t ion, std::span<const IsotopePeak> peaks) {
  const auto annotation = static_cast<std::uint32_t>(ions_.size());
  ions_.push_back(ion);
  for (std::size_t k = 0; k < peaks.size(); ++k) {
    const double mz = peaks[k].theoretical_mz;
    if (mz != 0 && peaks[k].has_image) windows_.push_back({mz, annotation, k == 0});
  }
}

void IonNeighbours::sort() {
  std::ranges::sort(windows_, {},
                    [](const Window& w) { return std::tuple(w.mz, w.annotation, !w.first); });
  by_ion_.resize(ions_.size());
  std::iota(by_ion_.begin(), by_ion_.end(), 0U);
  std::ranges::sort(by_ion_, {}, [this](std::uint32_t i) { return std::pair(ions_[i], i); });
}

std::span<const std::uint32_t> IonNeighbours::with_ion_of(std::size_t i) const {
  return std::ranges::equal_range(by_ion_, ions_[i], {},
                                  [this](std::uint32_t other) { return ions_[other]; });
}

std::vector<std::uint32_t> IonNeighbours::isobars_of(std::size_t i,
                                                     std::span<const IsotopePeak> peaks) const {
  struct Overlap {
    std::uint32_t other;
    bool both_first;
  };
  std::vector<Overlap> overlaps;
  for (std::size_t k = 0; k < peaks.size(); ++k) {
    const double mz = peaks[k].theoretical_mz;
    if (mz == 0 || !peaks[k].has_image) continue;
    const double upper = mz + half_width(mz);
    auto other =
        std::ranges::lower_bound(windows_, mz - half_width(mz), {},
                                 [this](const Window& w) { return w.mz + half_width(w.mz); });
    for (; other != windows_.end() && other->mz - half_width(other->mz) <= upper; ++other) {
      if (ions_[other->annotation] != ions_[i]) {
        overlaps.push_back({other->annotation, k == 0 && other->first});
      }
    }
  }
  std::ranges::stable_sort(overlaps, {}, &Overlap::other);

  std::vector<std::uint32_t> isobars;
  for (auto begin = overlaps.begin(); begin != overlaps.end();) {
    const auto end = std::find_if(begin, overlaps.end(),
                                  [&](const Overlap& o) { return o.other != begin->other; });
    if (end - begin > 1 || begin->both_first) isobars.push_back(begin->other);
    begin = end;
  }
  return isobars;
}

std::uint64_t IonNeighbours::memory_bound_bytes(std::uint64_t annotations,
                                                std::uint32_t peaks_per_ion) {
  return annotations * (peaks_per_ion * sizeof(Window) + 2 * sizeof(std::uint32_t));
}

double mass_error_ppm(const Annotation& annotation) {
  return annotation.mz_err_abs / annotation.mz * 1e6;
}

std::vector<Molecule> shown_molecules(const Annotation& annotation) {
  std::vector<Molecule> shown;
  const std::size_t count = std::min(annotation.molecules.size(), kShownMolecules);
  shown.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Molecule& molecule = annotation.molecules[i];
    shown.push_back({molecule.id, clean_molecule_name(molecule.name)});
  }
  return shown;
}

}  // namespace ionloom::report
