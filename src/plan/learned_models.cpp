#include "plan/learned_models.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>

namespace ionloom::plan {
namespace {

/// Seconds of work on one thread where no model is: orders of magnitude, so that a plan has a
/// number. Source: kernels timed on the machine of the shipped measurements.
double assumed_seconds(Stage stage, const WorkCounts& work) {
  switch (stage) {
    case Stage::kIndex:
      return 1e-3 + 2e-6 * work[Count::kSpectra];
    case Stage::kIngest:
      return 1e-3 + 40e-9 * work[Count::kPeaks];
    case Stage::kMerge:
      return 1e-3 + 60e-9 * work[Count::kPeaks];
    case Stage::kIons:
      return 1e-3 + 0.5e-6 * work[Count::kIons];
    case Stage::kPatterns:
      return 1e-3 + 10e-6 * work[Count::kIons];
    case Stage::kAnnotate:
      return 1e-3 + 10e-6 * work[Count::kIons] + 10e-9 * work[Count::kWindowPeaks];
    case Stage::kImages:
      return 1e-3 + work[Count::kIons] * (200e-6 + 10e-9 * work[Count::kPixels]);
    case Stage::kRank:
      return 1e-3 + 0.1e-6 * work[Count::kDraws];
  }
  return 0;
}

/// Bounds where nothing was scored: a factor of e to either side, nothing promised.
constexpr double kUnknownSpread = 1;
/// Gain of threads where no other machine tells: the time falls as threads to this power.
constexpr double kThreadPower = 0.85;
/// Spread added to what is carried over from another device.
constexpr double kScaledSpread = 0.15;
constexpr double kDefaultSpread = 0.3;

/// A device of a model that stands for the wanted one, and what its times are multiplied by.
struct StandIn {
  const DeviceModel* device = nullptr;
  double factor = 1;
};

/// Of a machine's devices the nearest: the same runtime before another, then similar threads.
StandIn nearest(const StageModel& model, const Device& wanted, std::string_view machine) {
  StandIn best;
  double least = 0;
  for (const DeviceModel& known : model.devices) {
    const auto device = device_from_text(known.device);
    if (!device || device->machine != machine) continue;
    const double more = std::log(static_cast<double>(device->threads) / wanted.threads);
    const double distance = std::abs(more) + (device->runtime == wanted.runtime ? 0 : 100);
    if (best.device != nullptr && distance >= least) continue;
    least = distance;
    best = {&known, std::exp(kThreadPower * more)};
  }
  return best;
}

/// A factor between two devices of one machine as the reference machine has it for this work.
std::optional<double> reference_ratio(const StageModel& model, const Device& wanted,
                                      const Device& known, const WorkCounts& work) {
  const std::string machine(kReferenceMachine);
  const auto to = model.predict(device_text({machine, wanted.runtime, wanted.threads}), work);
  const auto from = model.predict(device_text({machine, known.runtime, known.threads}), work);
  if (!to || !from || !(from->seconds > 0)) return std::nullopt;
  return to->seconds / from->seconds;
}

StagePrediction spread_around(double seconds, double spread_log, double width_log, double level,
                              Basis basis) {
  return {.seconds = seconds,
          .spread_log = spread_log,
          .range = {.least_s = seconds * std::exp(-width_log),
                    .most_s = seconds * std::exp(width_log),
                    .level = level},
          .basis = basis};
}

}  // namespace

const StageModel* LearnedModels::of(Stage stage) const {
  const auto found = std::ranges::find(stages, stage, &StageModel::stage);
  return found == stages.end() ? nullptr : &*found;
}

LearnedModels learn_models(std::span<const Measurement> measurements) {
  LearnedModels models;
  models.measurements = measurements.size();
  std::map<std::pair<Stage, std::string_view>, std::size_t> taken;
  std::vector<Measurement> rows;
  for (const Measurement& row : std::views::reverse(measurements)) {
    // What a store alone was measured with has no work.
    if (row.counts == WorkCounts{} && row.compute_s == 0) continue;
    if (taken[{row.stage, row.device}]++ >= kMostOfADevice) continue;
    rows.push_back(row);
    // Rows from before that count was kept are of whole stages.
    WorkCounts& counts = rows.back().counts;
    if (row.stage == Stage::kAnnotate && counts[Count::kDatasetPeaks] == 0) {
      counts[Count::kDatasetPeaks] = counts[Count::kPeaks];
    }
  }
  std::ranges::reverse(rows);
  for (const Stage stage : kStages) {
    auto model = fit_stage_model(stage, candidate_forms(stage), rows);
    if (model) models.stages.push_back(std::move(*model));
  }
  models.runs = score_runs(models.stages, rows);
  return models;
}

std::string_view basis_text(Basis basis) {
  switch (basis) {
    case Basis::kMeasured:
      return "measured on this device";
    case Basis::kScaled:
      return "scaled from other runs of this machine";
    case Basis::kDefault:
      return "default, learned on another machine";
    case Basis::kAssumed:
      break;
  }
  return "assumed, nothing was measured";
}

StagePrediction predict_stage(const LearnedModels& models, const Device& device, Stage stage,
                              const WorkCounts& work, double level) {
  const StageModel* model = models.of(stage);
  const auto unknown = [&] {
    const double seconds =
        assumed_seconds(stage, work) / std::pow(static_cast<double>(device.threads), kThreadPower);
    return spread_around(seconds, kUnknownSpread, kUnknownSpread, 0, Basis::kAssumed);
  };
  if (model == nullptr) return unknown();
  const auto known = model->predict(device_text(device), work);
  if (known && known->seconds > 0) {
    const auto range = model->predict_range(device_text(device), work, level);
    return {known->seconds, known->spread_log, range.value_or(PredictedRange{}), Basis::kMeasured};
  }
  for (const auto& [machine, basis, more] :
       {std::tuple{std::string_view(device.machine), Basis::kScaled, kScaledSpread},
        std::tuple{kReferenceMachine, Basis::kDefault, kDefaultSpread}}) {
    const StandIn stand_in = nearest(*model, device, machine);
    if (stand_in.device == nullptr) continue;
    const auto base = model->predict(stand_in.device->device, work);
    if (!base || !(base->seconds > 0)) continue;
    const auto other = device_from_text(stand_in.device->device);
    const double factor = (other ? reference_ratio(*model, device, *other, work) : std::nullopt)
                              .value_or(stand_in.factor);
    const double width = model->scores.width(level).log + more;
    return spread_around(base->seconds * factor, base->spread_log + more, width, 0, basis);
  }
  return unknown();
}

}  // namespace ionloom::plan
