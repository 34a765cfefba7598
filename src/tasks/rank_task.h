#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "fdr/scoring_model.h"
#include "stages/ions.h"
#include "tasks/column.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Ranks the ions of one list (docs/formats/task.md).
struct RankTask {
  stages::IonSettings settings;
  fdr::AbsErrorRule abs_errors = fdr::AbsErrorRule::kReference;
  std::uint64_t model_features = 0;  ///< 0 without a model
  std::uint64_t model_bytes = 0;     ///< that it takes when it is read
  std::uint32_t isotope_peaks = 0;
  std::uint64_t metrics_bytes = 0;  ///< of all inputs
  std::uint64_t map_bytes = 0;
  std::uint64_t model_file_bytes = 0;
  // Inputs and outputs.
  std::vector<std::uint32_t> metrics;
  std::uint32_t decoys = 0;
  std::optional<std::uint32_t> model;
  std::uint32_t ranking = 0;
  std::optional<std::uint32_t> decoy_ranking;

  [[nodiscard]] static Result<RankTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
