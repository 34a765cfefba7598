#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ionloom::plan {

/// Where tasks of stages run, so many at a time.
struct TaskPool {
  std::uint32_t slots = 1;
  double start_up_median_s = 0;  ///< lognormal
  double start_up_spread_log = 0;
  /// Functions: every stage starts slots of its own, each with its own start-up. Else a machine:
  /// it starts once, and the stages on it share its slots.
  bool is_functions = false;
};

/// The tasks of a stage. They start when the stages before it are complete, in their order, each in
/// the slot that is free first.
struct StageLoad {
  std::vector<double> task_median_s{};
  double spread_log = 0;               ///< of each task's time around its median, lognormal
  std::uint32_t pool = 0;              ///< index
  std::vector<std::uint32_t> after{};  ///< indices of earlier stages
};

/// How long the stages take in all, as a distribution.
class Makespan {
 public:
  explicit Makespan(std::vector<double> samples_s);

  /// REQUIRES: 0 <= probability <= 1.
  [[nodiscard]] double quantile_s(double probability) const;
  [[nodiscard]] double mean_s() const;

 private:
  std::vector<double> samples_s_;  ///< ascending
};

/// Draws the times of all tasks and start-ups `samples` times and schedules the tasks each time.
/// Deterministic for equal seeds.
/// REQUIRES: samples > 0; a stage comes after those that it waits for; pools have a slot.
[[nodiscard]] Makespan simulate_makespan(std::span<const StageLoad> stages,
                                         std::span<const TaskPool> pools, std::uint32_t samples,
                                         std::uint64_t seed);

}  // namespace ionloom::plan
