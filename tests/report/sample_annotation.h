#pragma once

#include "report/annotation.h"
#include "report/run_identity.h"

namespace ionloom::report::testing {

/// C45H80O6+H, the example of the research notes: monoisotopic m/z 717.602767, first centroid
/// 717.602844. Intensities are made up.
inline Annotation sample_annotation() {
  Annotation a;
  a.list = "lipids";
  a.formula = "C45H80O6";
  a.adduct = "+H";
  a.ion_formula = "C45H81O6";
  a.msm = 0.9;
  a.fdr = 0.05;
  a.chaos = 0.99;
  a.spatial = 0.95;
  a.spectral = 0.957;
  a.mz = 717.602767;
  a.mz_err_abs = 0.000717602767;  // 1 ppm
  a.mz_err_rel = -0.0001;
  a.peaks = {
      {717.602844, 100.0F, 717.60356, 0.0005, 0.0F, 10.1F, 1234.5F, true},
      {718.606218, 48.9F, 718.6069, 0.0006, 0.0F, 5.0F, 600.25F, true},
      {719.609, 13.0F, 719.609, 0.0, 0.0F, 0.0F, 0.0F, false},
      {},
  };
  a.molecules = {{"L1", "DG(42:4)"}, {"L2", "&alpha;, beta \"X\";"}};
  a.isomeric_ions = 1;
  a.isobaric_ions = {"C44H76O8+Na+", "C46H78O5+K+"};
  a.image_stem = "C45H80O6_+H_717.6028";
  return a;
}

inline RunIdentity sample_run() {
  return {.program_version = "1.2.3",
          .dataset_name = "brain",
          .parameters_json = R"({"ppm":3.0})",
          .parameters_hash = "0123456789abcdef",
          .positive = true,
          .molecule_lists = 1};
}

}  // namespace ionloom::report::testing
