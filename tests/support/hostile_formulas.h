#pragma once

#include <string>
#include <vector>

namespace ionloom::test_support {

/// Ions that no molecule list should have: large, of many elements, with tens of thousands of
/// isotopologues or too many of them, and each in another way.
inline std::vector<std::string> hostile_formulas() {
  return {
      "C2000H4000N500O600S50",
      "C29999H29999N29999O29999S29999",
      "Sn5000",
      "Sn8",
      "Sn500Xe500Te500Cd500Nd500",
      "Gd3Dy2Yb2Hg2",
      "C60Cl60Br60",
      "Se12Ge8",
      "Zn50Ge40Zr30",
      "C100H200Mo3W3Pd2",
      "HHeLiBeBCNOFNeNaMgAlSiPSClArKCaScTiVCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrYZrNbMoRuRhPdAgCdInSnSbTeI"
      "XeCsBaLaCePrNdSmEuGdTbDyHoErTmYbLuHfTaWReOsIrPtAuHgTlPb",
      "Xe20",
      "C5000",
      "Ge12Zn7",
      "Ge53Zn53Zr53W53Ti53",
      "H1",
  };
}

}  // namespace ionloom::test_support
