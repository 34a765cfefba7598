#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "chem/composition.h"

namespace ionloom::chem {

/// Atoms put on or taken from a molecule: a chemical modification, a neutral loss, an adduct, or
/// several of them written one after the other.
struct Modifier {
  std::string text;                 ///< "+H", "-H2O+Na", "" for none
  std::vector<ElementCount> steps;  ///< applied from left to right; negative counts are taken away
};

/// Reads a modifier such as "+H", "-H2O+H". Fails with a sentence when it does not look like one or
/// names an unknown element. "" and "[M]+", "[M]-" are the empty modifier.
[[nodiscard]] Result<Modifier> parse_modifier(std::string_view text);

/// The adduct as METASPACE's engine writes it: "+H" for "+H", "M+H", "[M+H]+"; "[M]+" for "[M]+",
/// "M+", "[M]+". Fails for anything else, also when brackets state the other polarity.
[[nodiscard]] Result<std::string> normalise_adduct(std::string_view text, bool positive);

/// The ion's composition: `molecule` with the steps applied. nullopt when a count would fall below
/// 0 at any step, or nothing is left: such an ion cannot exist and is skipped.
/// Source: METASPACE engine, formula_parser.generate_ion_formula.
[[nodiscard]] std::optional<Composition> apply_modifier(const Composition& molecule,
                                                        const Modifier& modifier);

/// The same into `ion`, whose memory is used again. False where the other gives nullopt.
[[nodiscard]] bool apply_modifier(const Composition& molecule, const Modifier& modifier,
                                  Composition& ion);

}  // namespace ionloom::chem
