#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include <nlohmann/json.hpp>

#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "fdr/scoring_model.h"
#include "oracle/support/run_table.h"

namespace ionloom::oracle {

/// A run of the reference with everything that repeats it.
struct ReferenceRun {
  std::filesystem::path folder;  ///< of its tables
  std::filesystem::path imzml;
  nlohmann::json summary;
  bool has_all_digits = false;  ///< numbers are written with 17 digits, not 9
  std::vector<chem::MoleculeList> lists;
  std::vector<bool> targeted;
  exec::AnnotationSettings settings;
  std::shared_ptr<const fdr::ScoringModel> model;  ///< that `settings` name, or none
};

/// @param shared  the folder of reference results
[[nodiscard]] ReferenceRun load_run(const RunName& name, const std::filesystem::path& shared);

/// The same run by us.
[[nodiscard]] exec::AnnotationRun annotate_run(const ReferenceRun& reference,
                                               std::uint32_t threads);

}  // namespace ionloom::oracle
