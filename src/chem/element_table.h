#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ionloom::chem {

struct Isotope {
  double mass_da = 0;
  double abundance = 0;  ///< fraction; an element's fractions add up to 1 only nearly
};

/// Position in elements(), which is in alphabetical (byte) order of symbol, so that comparing ids
/// compares symbols.
using ElementId = std::uint8_t;

/// A chemical element, or an isotopic label such as Cx (pure carbon-13).
struct Element {
  std::string_view symbol;
  /// Mass of the lightest isotope as molecule lists and the shown m/z use it; NaN for elements that
  /// lists may not contain. Source: pyMSpec's periodic table (CIAAW 2015), which METASPACE uses for
  /// these two purposes only; "Ee" is an electron, D deuterium.
  double listed_mass_da;
  /// Isotopes in ascending mass; empty for what has no isotopic pattern (labels, D, Ee).
  /// Source: TICE 2009 (CIAAW), the values that METASPACE's patterns use.
  std::span<const Isotope> isotopes;
  /// Mass of one label atom; 0 for everything that is not a label. Source: METASPACE,
  /// isotope_labels.
  double label_mass_da;
};

/// All elements, alphabetically.
[[nodiscard]] std::span<const Element> elements();

[[nodiscard]] inline const Element& element(ElementId id) {
  return elements()[id];
}

/// The element with exactly this symbol (case matters).
[[nodiscard]] std::optional<ElementId> find_element(std::string_view symbol);

/// Electron mass in isotopic patterns, u (CODATA 2014).
inline constexpr double kElectronMassDa = 0.00054857990924;

/// Electron mass in the shown monoisotopic m/z, u (pyMSpec's rounding of it).
inline constexpr double kListedElectronMassDa = 0.000548597;

}  // namespace ionloom::chem
