#include "app/run_plan.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/stage_devices.h"

namespace ionloom::app {
namespace {

std::vector<report::Amount> amounts(const plan::WorkCounts& work) {
  std::vector<report::Amount> list;
  for (const plan::Count count : plan::kCounts) {
    if (work[count] > 0) list.push_back({std::string(plan::count_name(count)), work[count]});
  }
  return list;
}

}  // namespace

std::optional<plan::Stage> stage_of_record(const std::string& name) {
  if (name == "write") return plan::Stage::kImages;
  return plan::stage_from_name(name);
}

RunPlan::RunPlan(const plan::LearnedModels& models, const RunSettings& settings,
                 std::string runtime, bool on_disk, const plan::JobCounts& job)
    : settings_(settings),
      runtime_(std::move(runtime)),
      on_disk_(on_disk),
      machine_(this_machine()),
      job_(job),
      plan_(
          models, [this](plan::Stage stage) { return device_of(stage); }, job, kPlanLevel) {}

plan::Device RunPlan::device_of(plan::Stage stage) const {
  return stage_device(stage, settings_, runtime_, on_disk_, machine_);
}

void RunPlan::stage_done(const exec::AnnotationRun& run) {
  const exec::StageRecord& record = run.stages.back();
  const auto stage = stage_of_record(record.name);
  if (!stage) return;
  const bool was_kept =
      stage == plan::Stage::kPatterns && run.pattern_source == cache::PatternSource::kCached;
  if (was_kept) {
    plan_.passed_over(*stage);
  } else {
    plan_.done(*stage, record.seconds);
  }
  if (!run.ions.ions.empty()) job_.ions = run.ions.ions.size();
  plan_.know(job_);
}

void RunPlan::ranked(std::uint64_t image_ions) {
  job_.image_ions = image_ions;
  plan_.know(job_);
}

std::optional<report::PlannedStage> RunPlan::record_of(const std::string& name) const {
  const auto stage = stage_of_record(name);
  const auto stages = plan_.stages();
  const auto found =
      stage ? std::ranges::find(stages, *stage, &plan::PlannedStage::stage) : stages.end();
  if (found == stages.end()) return std::nullopt;
  return report::PlannedStage{.seconds = found->before.seconds,
                              .least_s = found->before.range.least_s,
                              .most_s = found->before.range.most_s,
                              .level = found->before.range.level,
                              .basis = std::string(plan::basis_text(found->before.basis)),
                              .known_work_s = found->known_work_s,
                              .replanned_s = found->replanned_s,
                              .was_passed_over = found->is_passed_over,
                              .work = amounts(found->work),
                              .known_work = amounts(found->known_work)};
}

report::PlannedRun RunPlan::record() const {
  const plan::RunTimes times = plan_.times();
  return {.seconds = times.median_s,
          .least_s = times.least_s,
          .most_s = times.most_s,
          .level = kPlanLevel,
          .machine = machine_};
}

std::vector<plan::Measurement> RunPlan::measurements(const std::vector<report::StageRecord>& stages,
                                                     const std::string& dataset,
                                                     std::uint64_t memory_bound_bytes) const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::vector<plan::Measurement> list;
  for (const report::StageRecord& record : stages) {
    const auto stage = stage_of_record(record.name);
    if (!stage) continue;
    const auto planned = std::ranges::find(plan_.stages(), *stage, &plan::PlannedStage::stage);
    if (planned == plan_.stages().end() || planned->is_passed_over) continue;
    list.push_back(
        {.stage = *stage,
         .device = plan::device_text(device_of(*stage)),
         .dataset = dataset,
         .counts = plan::stage_counts(*stage, job_),
         .compute_s = record.seconds,
         .pace = record.pace,
         .peak_memory_bytes = record.peak_memory_bytes,
         .memory_bound_bytes = memory_bound_bytes,
         .recorded_unix_s = std::chrono::duration_cast<std::chrono::seconds>(now).count()});
  }
  return list;
}

}  // namespace ionloom::app
