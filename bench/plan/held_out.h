#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "plan/work_counts.h"

namespace ionloom::bench {

/// A stage of a measured run.
struct RunStage {
  plan::Stage stage = plan::Stage::kIndex;
  std::string device;
  plan::WorkCounts work;        ///< as the survey before the run had it
  plan::WorkCounts known_work;  ///< as it was known when the stage began
  double seconds = 0;
};

/// A measured run.
struct MeasuredRun {
  std::string dataset;
  std::string list;
  std::string way;     ///< runtime and threads
  double seconds = 0;  ///< of the whole run
  std::vector<RunStage> stages;
};

[[nodiscard]] std::vector<MeasuredRun> read_runs(const nlohmann::json& json);

/// Predicts the runs of every dataset from those of all other datasets, and compares.
/// @return {"stages": [...], "makespans": [...]}: a line a prediction
[[nodiscard]] nlohmann::json held_out(const std::vector<MeasuredRun>& runs);

}  // namespace ionloom::bench
