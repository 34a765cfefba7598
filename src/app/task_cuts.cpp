#include "app/task_cuts.h"

#include <array>

#include "app/known_models.h"
#include "plan/ditto_rules.h"
#include "plan/metaspace_rules.h"
#include "plan/note_rules.h"

namespace ionloom::app {
namespace {

using plan::Planner;
using plan::Stage;

constexpr std::array kCutStages = {Stage::kIngest, Stage::kPatterns, Stage::kAnnotate};
constexpr double kPeakBytes = 16;
constexpr std::uint32_t kMostNoteTasks = 2048;

std::uint64_t ceil_div(std::uint64_t value, std::uint64_t by) {
  return (value + by - 1) / by;
}

std::array<std::uint64_t, 3> fixed_tasks(const plan::JobCounts& job) {
  return {ceil_div(job.peaks, plan::kFixedPeaks), ceil_div(job.ions, plan::kFixedPatternIons),
          ceil_div(job.ions, plan::kFixedAnnotateIons)};
}

std::array<std::uint64_t, 3> tasks_of(Planner planner, const plan::LearnedModels& models,
                                      const plan::JobCounts& job, std::uint64_t ibd_bytes,
                                      std::uint32_t threads) {
  std::array<std::uint64_t, 3> tasks = fixed_tasks(job);
  if (planner == Planner::kExact) {
    for (std::uint64_t& number : tasks) number = ceil_div(number, threads) * threads;
  }
  if (planner == Planner::kMetaspace || planner == Planner::kNote) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      tasks[i] = plan::metaspace_rule(kCutStages[i], job, ibd_bytes).tasks;
    }
  }
  if (planner == Planner::kNote) {
    tasks[0] =
        plan::note_plan(static_cast<double>(job.peaks) * kPeakBytes, {}, kMostNoteTasks).upload;
  }
  if (planner == Planner::kDitto) {
    std::array<double, 3> alpha_s{};
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const plan::WorkCounts work = plan::stage_counts(kCutStages[i], job);
      const plan::Device device{.machine = this_machine(), .runtime = "wasm"};
      alpha_s[i] = plan::predict_stage(models, device, kCutStages[i], work, 0.9).seconds;
    }
    const auto all = static_cast<std::uint32_t>(tasks[0] + tasks[1] + tasks[2]);
    const auto division = plan::ditto_rule(alpha_s, all);
    tasks = {division[0], division[1], division[2]};
  }
  return tasks;
}

}  // namespace

exec::TaskCuts task_cuts(Planner planner, const plan::LearnedModels& models,
                         const plan::JobCounts& job, std::uint64_t ibd_bytes,
                         std::uint32_t threads) {
  if (planner == Planner::kFixed) return {};
  const auto tasks = tasks_of(planner, models, job, ibd_bytes, threads);
  return {.ingest = tasks[0], .patterns = tasks[1], .annotate = tasks[2]};
}

}  // namespace ionloom::app
