#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/known_models.h"
#include "app/plan_options.h"
#include "app/read_lists.h"
#include "app/run_settings.h"
#include "base/error.h"
#include "imzml/dataset.h"
#include "plan/next_best.h"
#include "plan/plan_maker.h"
#include "plan/rule_plans.h"
#include "plan/thread_plan.h"
#include "stages/index.h"

namespace ionloom::app {

/// A job as plans see it, with all that its problem refers to.
struct Job {
  imzml::Dataset dataset{};
  ReadLists lists{};
  stages::PixelIndex pixels{};
  RunSettings settings{};
  plan::JobCounts counts{};
  KnownModels known{};
  Warnings warnings{};
};

/// Reads the imzML and the lists, surveys the spectra, and learns from all measurements. Fails as
/// annotate does.
[[nodiscard]] Result<Job> read_job(const AnnotateOptions& options);

/// A rule's plan, or why it has none.
struct RulePlan {
  plan::Planner planner = plan::Planner::kFixed;
  std::optional<plan::Plan> plan{};
  double makespan_s = 0;  ///< median
};

/// A plan of tasks for backends.
struct TaskPlan {
  plan::PlanProblem problem{};
  plan::Goal goal{};
  plan::Planner planner = plan::Planner::kExact;
  plan::Plan chosen{};
  std::vector<plan::Plan> front{};                         ///< that no other plan beats, by time
  std::vector<std::optional<plan::NextBest>> next_best{};  ///< one a stage of kPlannedStages
  std::vector<RulePlan> rules{};
  double median_s = 0;  ///< of the makespan, by Monte-Carlo
  double least_s = 0;   ///< 5 %
  double most_s = 0;    ///< 95 %
  bool is_simulated = true;
};

/// Fails (kUsage) for a goal that no plan keeps, with the best possible, and for a rule whose plan
/// is not possible there.
/// REQUIRES: the job outlives the plan.
[[nodiscard]] Result<TaskPlan> plan_tasks(const Job& job, const PlanOptions& options,
                                          std::vector<plan::Backend> places);

/// A plan of threads on this machine.
struct LocalPlan {
  std::uint32_t threads = 1;  ///< chosen
  struct Choice {
    std::uint32_t threads = 1;
    double median_s = 0;
    double least_s = 0;
    double most_s = 0;
    std::uint64_t memory_bound_bytes = 0;  ///< of the whole run
    std::uint64_t disk_bytes = 0;          ///< for peaks that do not fit into memory
    std::vector<plan::PlannedStage> stages{};
  };
  std::vector<Choice> choices{};  ///< those that fit into memory, by threads

  [[nodiscard]] const Choice& chosen() const {
    return *std::ranges::find(choices, threads, &Choice::threads);
  }
};

/// The fewest threads that keep the deadline, or those that annotate takes
/// (plan::surely_soonest()). Fails (kUsage) when no number of threads keeps the deadline, with the
/// best possible; (kResource) when even one thread needs more memory than there is.
[[nodiscard]] Result<LocalPlan> plan_threads(const Job& job, const PlanOptions& options);

}  // namespace ionloom::app
