#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/backend.h"
#include "plan/goal.h"
#include "plan/stage.h"
#include "plan/stage_exchange.h"
#include "plan/stage_model.h"
#include "plan/work_counts.h"

namespace ionloom::plan {

/// All that a plan is made from.
struct PlanProblem {
  JobCounts job{};
  std::vector<Backend> places{};  ///< at most 15
  /// Seconds on one CPU of a device; a default when nothing was learned.
  std::function<Prediction(Stage stage, const std::string& device, const WorkCounts& task)>
      predict{};
  MemoryBound memory_bound{};
  double quantile = 0.9;  ///< probability with which each stage keeps its time
  bool may_merge = true;  ///< whether there is a merge to plan
};

/// What is chosen for a stage.
struct StageChoice {
  std::uint32_t tasks = 1;
  std::uint32_t place = 0;         ///< index in the problem's places
  std::uint32_t memory_class = 0;  ///< index in the place's classes
  std::uint32_t tier = 0;          ///< index in the place's tiers, where the results go
  bool is_fused = false;    ///< runs inside the only task of the stage before: no start, no reading
  bool is_skipped = false;  ///< merge only: not done

  bool operator==(const StageChoice&) const = default;
};

/// What the stages before have decided for those after.
struct PlanState {
  static constexpr std::uint32_t kNowhere = 15;

  std::uint32_t tasks = 0;         ///< of the stage before; 0 when there is none
  std::uint32_t place = kNowhere;  ///< of the stage before
  std::uint32_t memory_class = 0;  ///< of its only task; 0 when there are several
  std::uint32_t tier = 0;
  bool is_merged = false;
  std::uint32_t ion_tables = 0;  ///< 0 until the branches have met
  std::uint32_t ion_place = kNowhere;
  std::uint32_t ion_tier = 0;
  std::uint32_t machines = 0;  ///< places with machines in use so far, a bit each

  bool operator==(const PlanState&) const = default;
};

/// Tasks of a stage as they would run.
struct StageEstimate {
  double task_s = 0;  ///< of one task, median, without its start
  double spread_log = 0;
  double slots = 1;
  double start_up_s = 0;  ///< median; 0 when nothing has to start
  std::uint64_t memory_bound_bytes = 0;
  double time_s = 0;  ///< of the stage, at the problem's quantile
  double cost_usd = 0;
  double gb_s = 0;  ///< memory asked for x time, all tasks together; 2^30 bytes x seconds
  std::uint32_t image_tasks = 0;  ///< of images, which are counted with annotate; else 0
  double image_task_s = 0;        ///< of one of them, median, without its start
  double image_spread_log = 0;
  PlanState leaves{};
};

/// Estimates stages of a problem; remembers what it asked the models. Images, which follow rank,
/// are counted with annotate: they are made where it ran, in as many tasks at most, from the same
/// runs.
class StageEstimator {
 public:
  /// REQUIRES: the problem outlives the estimator.
  explicit StageEstimator(const PlanProblem& problem) : problem_(problem) {}

  /// Absent when the choice is not possible there: too little memory or time, inputs in a tier that
  /// the place does not reach, nothing to fuse with.
  [[nodiscard]] std::optional<StageEstimate> estimate(Stage stage, const StageChoice& choice,
                                                      const PlanState& from);

 private:
  struct TaskWork {
    double cpu_s = 0;
    double spread_log = 0;
    std::uint64_t bound_bytes = 0;
  };

  [[nodiscard]] std::optional<StageEstimate> estimate_alone(Stage stage, const StageChoice& choice,
                                                            const PlanState& from);
  const TaskWork& work_of(Stage stage, std::uint32_t place, std::uint32_t tasks,
                          std::uint32_t runs);

  const PlanProblem& problem_;
  std::map<std::array<std::uint32_t, 4>, TaskWork> remembered_;
};

/// Seconds in which all of `tasks` lognormal task times on `slots` slots are done with probability
/// `quantile`: of one wave exactly; the waves before the last take their mean.
[[nodiscard]] double stage_quantile_s(double task_median_s, double spread_log, double tasks,
                                      double slots, double quantile);

}  // namespace ionloom::plan
