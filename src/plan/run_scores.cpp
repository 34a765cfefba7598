#include "plan/run_scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace ionloom::plan {
namespace {

constexpr std::size_t kFolds = 5;

/// Stages of one run.
struct Run {
  Device device;
  std::size_t fold = 0;
  std::vector<const Measurement*> stages;
};

std::map<std::string_view, std::size_t> folds_of(std::span<const Measurement> measurements) {
  std::map<std::string_view, std::size_t> folds;
  for (const Measurement& row : measurements) folds.emplace(row.dataset, 0);
  std::size_t next = 0;
  for (auto& [dataset, fold] : folds) fold = next++ % kFolds;
  return folds;
}

bool goes_on(const Run& run, const Measurement& row, const Device& device) {
  const bool is_done = std::ranges::any_of(
      run.stages, [&](const Measurement* stage) { return stage->stage == row.stage; });
  return !is_done && row.dataset == run.stages.front()->dataset &&
         device.machine == run.device.machine && device.threads == run.device.threads &&
         plain_runtime(device.runtime) == plain_runtime(run.device.runtime);
}

std::vector<Run> runs_of(std::span<const Measurement> measurements,
                         const std::map<std::string_view, std::size_t>& folds) {
  std::vector<Run> runs;
  for (const Measurement& row : measurements) {
    const auto device = device_from_text(row.device);
    if (!device || !is_usable(row)) continue;
    if (runs.empty() || !goes_on(runs.back(), row, *device)) {
      runs.push_back({.device = *device, .fold = folds.at(row.dataset), .stages = {}});
    }
    runs.back().stages.push_back(&row);
  }
  // One stage is no run: calibration, or what is left of the oldest run that is looked at.
  std::erase_if(runs, [](const Run& run) { return run.stages.size() < 2; });
  return runs;
}

/// |log(measured / predicted)|; absent when a stage cannot be predicted.
std::optional<double> score(const Run& run, std::span<const StageModel> models) {
  double measured_s = 0;
  double predicted_s = 0;
  for (const Measurement* row : run.stages) {
    const auto model = std::ranges::find(models, row->stage, &StageModel::stage);
    if (model == models.end()) return std::nullopt;
    const auto predicted = model->predict(row->device, row->counts);
    if (!predicted) return std::nullopt;
    measured_s += row->compute_s;
    predicted_s += predicted->seconds;
  }
  if (!(predicted_s > 0)) return std::nullopt;
  return std::abs(std::log(measured_s / predicted_s));
}

}  // namespace

std::string_view plain_runtime(std::string_view runtime) {
  return runtime.substr(0, runtime.find('-'));
}

std::vector<RunScores> score_runs(std::span<const StageModel> models,
                                  std::span<const Measurement> measurements) {
  const auto folds = folds_of(measurements);
  if (folds.size() < kFolds) return {};
  const std::vector<Run> runs = runs_of(measurements, folds);
  std::map<std::pair<std::string, std::uint32_t>, std::vector<double>> found;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<Measurement> others;
    for (const Measurement& row : measurements) {
      if (folds.at(row.dataset) != fold) others.push_back(row);
    }
    std::vector<StageModel> refitted;
    for (const StageModel& model : models) {
      if (auto again = refit(model, others)) refitted.push_back(std::move(*again));
    }
    for (const Run& run : runs) {
      if (run.fold != fold) continue;
      const auto value = score(run, refitted);
      if (!value) continue;
      found[{std::string(plain_runtime(run.device.runtime)), run.device.threads}].push_back(*value);
    }
  }
  std::vector<RunScores> scores;
  scores.reserve(found.size());
  for (auto& [kind, values] : found) {
    scores.push_back({kind.first, kind.second, ConformalScores(std::move(values))});
  }
  return scores;
}

const ConformalScores* scores_of(std::span<const RunScores> scores, const Device& device) {
  const auto found = std::ranges::find_if(scores, [&](const RunScores& own) {
    return own.runtime == plain_runtime(device.runtime) && own.threads == device.threads;
  });
  return found == scores.end() ? nullptr : &found->scores;
}

}  // namespace ionloom::plan
