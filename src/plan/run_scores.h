#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/conformal.h"
#include "plan/device.h"
#include "plan/measurement.h"
#include "plan/stage_model.h"

namespace ionloom::plan {

/// How far whole runs of a runtime on so many threads lie from the sum of their predicted stages.
/// Stages of one run err together (the machine is busy, the list is unusual), so that ranges of
/// stages that were independent would be too narrow together.
struct RunScores {
  std::string runtime{};  ///< without what changes a unit of work: "native"
  std::uint32_t threads = 1;
  ConformalScores scores{};  ///< of runs of datasets that nothing was fitted to
};

/// "native" of "native-v1".
[[nodiscard]] std::string_view plain_runtime(std::string_view runtime);

/// Scores runs: the models are fitted again without a fifth of the datasets, which they predict
/// then. The stages of a run are measurements one after the other, of one dataset and of devices
/// with the same machine, runtime and threads, each stage once. Empty with fewer than five
/// datasets. Deterministic.
[[nodiscard]] std::vector<RunScores> score_runs(std::span<const StageModel> models,
                                                std::span<const Measurement> measurements);

/// The scores of a device's kind of run; null when there are none.
[[nodiscard]] const ConformalScores* scores_of(std::span<const RunScores> scores,
                                               const Device& device);

}  // namespace ionloom::plan
