#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "stages/ions.h"

namespace ionloom::oracle {

/// A decoy that was drawn: formula, the target's modifier, the decoy's modifier.
using DecoyRow = std::array<std::string, 3>;

/// The decoys of some formulas of a list, invalid ions included, in METASPACE's order: by formula,
/// target modifier, draw.
/// @param formulas  the first of the list's formulas
[[nodiscard]] std::vector<DecoyRow> decoy_rows(const stages::IonSet& ions, std::size_t list,
                                               std::span<const std::string> formulas);

}  // namespace ionloom::oracle
