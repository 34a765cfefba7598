#include "report/annotation_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "report/molecule_name.h"

namespace ionloom::report {

namespace {

void count_isomers(std::span<Annotation> list, const std::vector<std::string>& ions) {
  // How often each ion text occurs under its ion formula: two entries with one text (the same
  // combination reached in two ways) are not isomers of each other.
  struct Group {
    std::uint32_t size = 0;
    std::map<std::string_view, std::uint32_t> ions;
  };
  std::unordered_map<std::string_view, Group> groups;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Group& group = groups[list[i].ion_formula];
    ++group.size;
    ++group.ions[ions[i]];
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Group& group = groups.at(list[i].ion_formula);
    list[i].isomeric_ions = list[i].ion_formula.empty() ? 0 : group.size - group.ions.at(ions[i]);
  }
}

/// A peak with an image, and the m/z range of its image.
struct Window {
  double mz = 0;
  double lower = 0;
  double upper = 0;
  std::uint32_t annotation = 0;
  bool first = false;  ///< first peak of its pattern
};

/// Windows of all peaks with an image, by m/z. Both bounds grow with m/z, so that the windows
/// that overlap a given one stand side by side.
std::vector<Window> image_windows(std::span<const Annotation> list, double ppm) {
  std::vector<Window> windows;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& peaks = list[i].peaks;
    for (std::size_t k = 0; k < peaks.size(); ++k) {
      const double mz = peaks[k].theoretical_mz;
      if (mz != 0 && peaks[k].has_image) {
        const double half_width = mz * ppm * 1e-6;
        windows.push_back(
            {mz, mz - half_width, mz + half_width, static_cast<std::uint32_t>(i), k == 0});
      }
    }
  }
  std::ranges::sort(windows, {},
                    [](const Window& w) { return std::tuple(w.mz, w.annotation, !w.first); });
  return windows;
}

void find_isobars(std::span<Annotation> list, const std::vector<std::string>& ions, double ppm) {
  const std::vector<Window> windows = image_windows(list, ppm);
  std::vector<std::vector<std::size_t>> windows_of(list.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    windows_of[windows[i].annotation].push_back(i);
  }

  struct Overlap {
    std::uint32_t other;
    bool both_first;
  };
  std::vector<Overlap> overlaps;
  for (std::size_t i = 0; i < list.size(); ++i) {
    overlaps.clear();
    for (const std::size_t own : windows_of[i]) {
      auto other = std::ranges::lower_bound(windows, windows[own].lower, {}, &Window::upper);
      for (; other != windows.end() && other->lower <= windows[own].upper; ++other) {
        if (list[other->annotation].ion_formula != list[i].ion_formula) {
          overlaps.push_back({other->annotation, windows[own].first && other->first});
        }
      }
    }
    std::ranges::stable_sort(overlaps, {}, &Overlap::other);

    list[i].isobaric_ions.clear();
    for (auto begin = overlaps.begin(); begin != overlaps.end();) {
      const auto end = std::find_if(begin, overlaps.end(),
                                    [&](const Overlap& o) { return o.other != begin->other; });
      if (end - begin > 1 || begin->both_first) {
        list[i].isobaric_ions.push_back(ions[begin->other]);
      }
      begin = end;
    }
  }
}

}  // namespace

void fill_isomers_and_isobars(std::span<Annotation> list, double ppm, bool positive) {
  std::vector<std::string> ions;
  ions.reserve(list.size());
  for (const Annotation& annotation : list) {
    ions.push_back(ion_text(annotation, positive));
  }
  count_isomers(list, ions);
  find_isobars(list, ions, ppm);
}

bool ResultOrder::operator()(const Annotation& a, const Annotation& b) const {
  if (a.fdr != b.fdr) {
    return a.fdr && (!b.fdr || *a.fdr < *b.fdr);
  }
  if (a.msm != b.msm) {
    return a.msm > b.msm;
  }
  if (const int order = ion_text(a, positive).compare(ion_text(b, positive)); order != 0) {
    return order < 0;
  }
  return a.list < b.list;
}

double mass_error_ppm(const Annotation& annotation) {
  return annotation.mz_err_abs / annotation.mz * 1e6;
}

std::vector<Molecule> shown_molecules(const Annotation& annotation) {
  std::vector<Molecule> shown;
  const std::size_t count = std::min(annotation.molecules->size(), kShownMolecules);
  shown.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Molecule& molecule = (*annotation.molecules)[i];
    shown.push_back({molecule.id, clean_molecule_name(molecule.name)});
  }
  return shown;
}

}  // namespace ionloom::report
