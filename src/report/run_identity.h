#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ionloom::report {

/// The model whose score was ranked instead of MSM.
struct ScoringModelIdentity {
  std::string name;      ///< stem of its file; empty: there was none
  std::string checksum;  ///< "sha256:..."
  /// Names of the features that are FDRs by one metric, "chaos_fdr"; see Annotation::feature_fdrs.
  std::vector<std::string> fdr_features;
};

/// What every result file says about the run it comes from. Nothing here depends on the day, the
/// machine or the number of threads, so that equal runs write equal bytes.
struct RunIdentity {
  std::string program_version;     ///< "0.1.0"
  std::string dataset_name;        ///< stem of the imzML file
  std::string parameters_json;     ///< parameters_json() of run_record.h
  std::string parameters_hash;     ///< parameters_hash() of run_record.h
  bool positive = true;            ///< ion polarity
  std::size_t molecule_lists = 1;  ///< number of lists ranked in the run
  ScoringModelIdentity scoring_model = {};
};

}  // namespace ionloom::report
