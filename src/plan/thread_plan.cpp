#include "plan/thread_plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ionloom::plan {
namespace {

/// How far a whole run may differ from the models: a machine under load, a colder disk.
constexpr double kSpeedSpread = 0.25;
/// Times below this tell little of the speed.
constexpr double kClockGrain_s = 0.003;
constexpr double kLeastSpread = 0.05;
constexpr std::uint32_t kSamples = 1000;

}  // namespace

RunTimes run_times(const LearnedModels& models, const Device& device,
                   std::span<const StagePrediction> stages, double level) {
  std::vector<StageLoad> loads;
  for (const StagePrediction& stage : stages) {
    StageLoad load{.task_median_s = {stage.seconds}, .spread_log = stage.spread_log};
    if (!loads.empty()) load.after = {static_cast<std::uint32_t>(loads.size() - 1)};
    loads.push_back(std::move(load));
  }
  const TaskPool threads;
  const Makespan makespan = simulate_makespan(loads, {&threads, 1}, kSamples, 1);
  const double tail = (1 - level) / 2;
  RunTimes times{.median_s = makespan.quantile_s(0.5),
                 .least_s = makespan.quantile_s(tail),
                 .most_s = makespan.quantile_s(1 - tail),
                 .is_measured = std::ranges::all_of(stages, [](const StagePrediction& stage) {
                   return stage.basis == Basis::kMeasured;
                 })};
  const ConformalScores* scores = scores_of(models.runs, device);
  if (scores == nullptr || !times.is_measured) return times;
  const ConformalScores::Width width = scores->width(level);
  if (width.level < level) return times;
  times.least_s = times.median_s * std::exp(-width.log);
  times.most_s = times.median_s * std::exp(width.log);
  return times;
}

std::size_t surely_soonest(std::span<const RunTimes> runs) {
  const RunTimes& all = runs.back();
  std::size_t best = runs.size() - 1;
  for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
    const bool surely = runs[i].is_measured && all.is_measured && runs[i].most_s < all.least_s;
    if (surely && runs[i].median_s < runs[best].median_s) best = i;
  }
  return best;
}

ThreadPlan::ThreadPlan(const LearnedModels& models, DeviceOf device_of, const JobCounts& job,
                       double level)
    : models_(models),
      device_of_(std::move(device_of)),
      level_(level),
      precision_(1 / (kSpeedSpread * kSpeedSpread)) {
  for (const Stage stage : kThreadStages) {
    const WorkCounts work = stage_counts(stage, job);
    StagePrediction before = predict_stage(models_, device_of_(stage), stage, work, level_);
    stages_.push_back({.stage = stage,
                       .work = work,
                       .before = before,
                       .known_work = work,
                       .known_work_s = before.seconds,
                       .replanned_s = before.seconds});
  }
}

void ThreadPlan::know(const JobCounts& job) {
  for (PlannedStage& planned : stages_) {
    if (planned.measured_s) continue;
    planned.known_work = stage_counts(planned.stage, job);
    planned.known_work_s =
        predict_stage(models_, device_of_(planned.stage), planned.stage, planned.known_work, level_)
            .seconds;
  }
  replan();
}

void ThreadPlan::done(Stage stage, double seconds) {
  PlannedStage* planned = find(stage);
  if (planned == nullptr) return;
  planned->measured_s = seconds;
  if (is_plausible_duration(seconds) && planned->known_work_s > 0) {
    const double grain = kClockGrain_s / seconds;
    const double spread = std::max(planned->before.spread_log, kLeastSpread);
    const double precision = 1 / (spread * spread + grain * grain);
    const double error_log = std::log(seconds / planned->known_work_s);
    speed_log_ = (speed_log_ * precision_ + error_log * precision) / (precision_ + precision);
    precision_ += precision;
  }
  replan();
}

void ThreadPlan::passed_over(Stage stage) {
  if (PlannedStage* planned = find(stage)) planned->is_passed_over = true;
}

PlannedStage* ThreadPlan::find(Stage stage) {
  const auto planned = std::ranges::find(stages_, stage, &PlannedStage::stage);
  return planned == stages_.end() ? nullptr : &*planned;
}

void ThreadPlan::replan() {
  for (PlannedStage& planned : stages_) {
    if (!planned.measured_s) planned.replanned_s = planned.known_work_s * std::exp(speed_log_);
  }
}

RunTimes ThreadPlan::times() const {
  std::vector<StagePrediction> before;
  before.reserve(stages_.size());
  for (const PlannedStage& planned : stages_) before.push_back(planned.before);
  return run_times(models_, device_of_(Stage::kIndex), before, level_);
}

double ThreadPlan::remaining_s() const {
  double sum = 0;
  for (const PlannedStage& planned : stages_) {
    if (!planned.measured_s && !planned.is_passed_over) sum += planned.replanned_s;
  }
  return sum;
}

}  // namespace ionloom::plan
