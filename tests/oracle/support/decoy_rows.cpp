#include "oracle/support/decoy_rows.h"

namespace ionloom::oracle {

std::vector<DecoyRow> decoy_rows(const stages::IonSet& ions, std::size_t list,
                                 std::span<const std::string> formulas) {
  std::vector<DecoyRow> rows;
  for (std::size_t f = 0; f < formulas.size(); ++f) {
    for (std::size_t m = 0; m < ions.modifiers.size(); ++m) {
      for (std::size_t draw = 0; draw < ions.sample_size; ++draw) {
        rows.push_back(
            {formulas[f], ions.modifiers[m].text, ions.decoy_modifier(list, f, m, draw)});
      }
    }
  }
  return rows;
}

}  // namespace ionloom::oracle
