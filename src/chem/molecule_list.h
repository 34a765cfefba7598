#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"

namespace ionloom::chem {

/// One row of a molecule list.
struct ListedMolecule {
  std::string id;
  std::string name;                 ///< empty when the list has no names
  std::uint32_t formula_index = 0;  ///< position in MoleculeList::formulas
};

/// A molecule list: its rows, and its distinct formulas in order of first appearance (an order that
/// decoy sampling depends on).
struct MoleculeList {
  std::string name;  ///< what results call it, usually the file's stem
  std::vector<ListedMolecule> molecules;
  std::vector<std::string> formulas;
  Warnings warnings;
  Warnings misreadings;  ///< one for all formulas of which METASPACE reads another composition
};

/// A list of at most this many distinct formulas is "targeted" by default.
inline constexpr std::size_t kTargetedThreshold = 1000;

/// Reads a molecule list: tab- or comma-separated text with a header that names `formula` (or `sf`)
/// and, if present, `id` and `name`, in any case and order among other columns. Everything is text
/// ("NA" is a name). Refuses, naming every bad line (the header is line 1, at most 20 are spelt
/// out): an empty cell, a wrong number of cells, a cell over 2500 characters, a formula that
/// parse_list_formula() refuses; also a missing column, an unknown separator, no rows. Tells apart
/// (`misreadings`) formulas whose ion METASPACE composes wrongly: a repeated element, brackets.
/// @param content  the whole file; a byte-order mark and CRLF are fine, Latin-1 is converted
/// @param place    the file's name, for messages
/// Source: METASPACE engine, molecular_db.py.
[[nodiscard]] Result<MoleculeList> parse_molecule_list(std::string_view content,
                                                       const std::string& name,
                                                       const std::string& place);

}  // namespace ionloom::chem
