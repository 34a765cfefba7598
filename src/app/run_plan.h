#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/annotate_options.h"
#include "app/known_models.h"
#include "app/run_settings.h"
#include "exec/annotation_run.h"
#include "plan/measurement.h"
#include "plan/thread_plan.h"
#include "report/run_record.h"

namespace ionloom::app {

/// The level of the ranges that are told.
inline constexpr double kPlanLevel = 0.9;

/// What an annotation run is expected to take on this machine's threads, and what it took.
class RunPlan {
 public:
  /// @param on_disk  whether peaks do not fit into memory
  /// REQUIRES: models and settings outlive the plan.
  RunPlan(const plan::LearnedModels& models, const RunSettings& settings, std::string runtime,
          bool on_disk, const plan::JobCounts& job);

  /// The index stage, which ends before the plan can be made, took so long.
  void indexed(double seconds) { plan_.done(plan::Stage::kIndex, seconds); }
  /// A stage of the run is done: the last of run.stages.
  void stage_done(const exec::AnnotationRun& run);
  /// All annotations are known; their images and tables are next.
  /// @param image_ions  rows with a signal
  void ranked(std::uint64_t image_ions);
  void written(double seconds) { plan_.done(plan::Stage::kImages, seconds); }

  [[nodiscard]] const plan::ThreadPlan& plan() const { return plan_; }
  /// What was planned of a stage of run.json, by its name there; absent when nothing was.
  [[nodiscard]] std::optional<report::PlannedStage> record_of(const std::string& name) const;
  /// The whole run as it was expected.
  [[nodiscard]] report::PlannedRun record() const;
  /// What the stages took, to learn from.
  [[nodiscard]] std::vector<plan::Measurement> measurements(
      const std::vector<report::StageRecord>& stages, const std::string& dataset,
      std::uint64_t memory_bound_bytes) const;

 private:
  [[nodiscard]] plan::Device device_of(plan::Stage stage) const;

  const RunSettings& settings_;
  std::string runtime_;
  bool on_disk_;
  std::string machine_;
  plan::JobCounts job_;
  plan::ThreadPlan plan_;
};

/// The stage that run.json calls so: its names are those of stages but "write", which is images.
[[nodiscard]] std::optional<plan::Stage> stage_of_record(const std::string& name);

}  // namespace ionloom::app
