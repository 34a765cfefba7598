#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plan/device.h"
#include "plan/measurement.h"
#include "plan/run_scores.h"
#include "plan/stage_model.h"

namespace ionloom::plan {

/// Models of all stages that were measured.
struct LearnedModels {
  std::vector<StageModel> stages{};  ///< in the order of kStages, each once at most
  std::uint64_t measurements = 0;    ///< that they were learned from, refused ones included
  std::vector<RunScores> runs{};     ///< whole runs of each kind that was measured

  [[nodiscard]] const StageModel* of(Stage stage) const;
};

/// Learns from what was measured on any devices: of each stage and device the last kMostOfADevice.
[[nodiscard]] LearnedModels learn_models(std::span<const Measurement> measurements);

inline constexpr std::size_t kMostOfADevice = 120;

/// What a prediction rests on, the best first.
enum class Basis : std::uint8_t {
  kMeasured,  ///< measured on this device
  kScaled,    ///< measured on this machine with other threads or another runtime
  kDefault,   ///< of another machine: what ships with the program
  kAssumed,   ///< nobody measured the stage: a constant of ours
};

/// "measured on this device" ...
[[nodiscard]] std::string_view basis_text(Basis basis);

/// What a stage takes on a device.
struct StagePrediction {
  double seconds = 0;     ///< median
  double spread_log = 0;  ///< standard deviation of the logarithm
  PredictedRange range{};
  Basis basis = Basis::kAssumed;
};

/// Predicts a stage with this work, from the best that is known.
/// @param level  of the range, in (0, 1)
[[nodiscard]] StagePrediction predict_stage(const LearnedModels& models, const Device& device,
                                            Stage stage, const WorkCounts& work, double level);

}  // namespace ionloom::plan
