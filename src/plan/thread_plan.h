#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "plan/learned_models.h"
#include "plan/makespan.h"

namespace ionloom::plan {

/// The stages of a run on the threads of one machine, in order: each has all threads to itself.
inline constexpr std::array kThreadStages = {Stage::kIndex,    Stage::kIngest,   Stage::kIons,
                                             Stage::kPatterns, Stage::kAnnotate, Stage::kRank,
                                             Stage::kImages};

/// A stage as it was expected at first, when it began, and as it was.
struct PlannedStage {
  Stage stage = Stage::kIndex;
  WorkCounts work{};                   ///< as the plan had it
  StagePrediction before{};            ///< for that work, before the run
  WorkCounts known_work{};             ///< as it was known when the stage began, or is by now
  double known_work_s = 0;             ///< prediction for it
  double replanned_s = 0;              ///< the same at the speed that the stages before had
  std::optional<double> measured_s{};  ///< once it is done
  bool is_passed_over = false;         ///< needed not be done
};

/// What a run is expected to take with some number of threads, seconds: the middle of all runs, and
/// the ends of the range that most lie in.
struct RunTimes {
  double median_s = 0;
  double least_s = 0;
  double most_s = 0;
  bool is_measured = false;  ///< every stage was measured on this machine with so many threads
};

/// What a run with these stages takes one after the other, as predicted for each. The range is that
/// of whole runs where the device's kind of run was scored, else of stages that err independently.
/// @param device  of any of them
/// @param level   of the range, in (0, 1)
[[nodiscard]] RunTimes run_times(const LearnedModels& models, const Device& device,
                                 std::span<const StagePrediction> stages, double level);

/// Which of runs with ever more threads to choose: the last, with all of them, unless fewer are
/// surely sooner: both were measured, and the range of the fewer lies below that of all.
/// REQUIRES: there are some.
[[nodiscard]] std::size_t surely_soonest(std::span<const RunTimes> runs);

/// Predicts a run on threads, and does so again after every stage with what was learned: the work
/// of the stages to come, and how fast this run is. The speed is a factor common to all stages,
/// lognormal around 1 before anything ran; a stage's measured time is evidence for it as far as
/// its model is sure (normal updating of the logarithm).
class ThreadPlan {
 public:
  using DeviceOf = std::function<Device(Stage)>;

  /// @param device_of  where a stage runs
  /// @param level      of the stages' ranges, in (0, 1)
  /// REQUIRES: the models outlive the plan.
  ThreadPlan(const LearnedModels& models, DeviceOf device_of, const JobCounts& job, double level);

  /// Counts are known better by now; stages that are done keep theirs.
  void know(const JobCounts& job);
  void done(Stage stage, double seconds);
  /// A stage needed not be done (patterns that were kept): no evidence.
  void passed_over(Stage stage);

  [[nodiscard]] std::span<const PlannedStage> stages() const { return stages_; }
  /// The whole run as it was expected before it began, with its range at the level of the stages'.
  [[nodiscard]] RunTimes times() const;
  /// Sum of the stages to come, by what is known now, seconds.
  [[nodiscard]] double remaining_s() const;

 private:
  [[nodiscard]] PlannedStage* find(Stage stage);
  void replan();

  const LearnedModels& models_;
  DeviceOf device_of_;
  double level_;
  std::vector<PlannedStage> stages_;
  double speed_log_ = 0;  ///< mean of the logarithm of measured over predicted
  double precision_;      ///< 1 / variance of it
};

}  // namespace ionloom::plan
