#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "chem/composition.h"

namespace ionloom::chem {

/// Parses a formula by the grammar that molecule lists are checked with (pyMSpec's): an optional
/// count, then fragments `Element[n]` or `(...)[n]`, nested; then any number of `+complex` or
/// `-complex`. Fails with a sentence for the list's author: unknown element, an element below 0,
/// nothing left, or text that is not a formula (with its column). A dot is refused, as METASPACE
/// refuses it. This is the chemically right composition; see ion_composition() for METASPACE's.
[[nodiscard]] Result<Composition> parse_list_formula(std::string_view formula);

/// The composition that METASPACE's ion parser reads from a list formula: every
/// `Element[n]` in turn, where **a repeated element keeps its last count** and brackets,
/// multipliers and signs are ignored (`CH3COOH` is C H O). Equal to parse_list_formula() for plain
/// formulas. Nullopt when a symbol is no element: no list holds such a formula. Source: METASPACE
/// engine, formula_parser.generate_ion_formula.
[[nodiscard]] std::optional<Composition> ion_composition(std::string_view formula);

/// The same into `composition`, whose memory is used again. False where ion_composition() gives
/// nullopt.
[[nodiscard]] bool read_ion_composition(std::string_view formula, Composition& composition);

/// m/z of the ion's lightest listed isotopes, with one electron removed (positive) or added.
/// NaN when an element has no listed mass. Source: METASPACE engine, calculate_mono_mz.
[[nodiscard]] double monoisotopic_mz(const Composition& ion, bool positive);

}  // namespace ionloom::chem
