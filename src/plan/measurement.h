#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/stage.h"
#include "plan/work_counts.h"

namespace ionloom::plan {

/// What a task read or wrote in one tier of a store.
struct Exchange {
  std::string tier{};  ///< "memory", "disk", "s3" ...; empty: nothing
  double requests = 0;
  double bytes = 0;
  double seconds = 0;

  bool operator==(const Exchange&) const = default;
};

/// What one task took, as it was measured. Times are of a clock, so that they may be anything.
struct Measurement {
  Stage stage = Stage::kIndex;
  std::string device{};   ///< where it ran, with the way it ran: "laptop", "laptop wasm"
  std::string dataset{};  ///< tells datasets apart; no more
  WorkCounts counts{};
  double active_tasks = 1;  ///< tasks of the stage at work at the same time, this one included
  double start_up_s = 0;
  double compute_s = 0;  ///< without start-up, reading and writing
  /// Of the processor meanwhile: 1 where its core was all its own, less where another processor of
  /// the core, which may be another guest's, took a share. Absent: not measured.
  std::optional<double> pace{};
  Exchange read{};
  Exchange write{};
  std::uint64_t peak_memory_bytes = 0;   ///< 0: not measured
  std::uint64_t memory_bound_bytes = 0;  ///< said beforehand; 0: none was
  std::int64_t recorded_unix_s = 0;

  bool operator==(const Measurement&) const = default;
};

/// Whether a duration can be one: finite, above 0, not more than a month. A clock that was set in
/// between gives others.
[[nodiscard]] bool is_plausible_duration(double seconds);

/// Whether the computing time can be learned from: plausible, with some work counted and no count
/// below 0 or not finite.
[[nodiscard]] bool is_usable(const Measurement& measurement);

/// What it would have computed on a core of its own.
/// @param usual  the pace where it was not measured
[[nodiscard]] double calm_s(const Measurement& measurement, double usual = 1);

/// Those during which the processor was nearly as calm as during the calmest: within 0.1 of its
/// pace. A pace is of steps that fill a core; what waits for memory is slowed down more by a
/// neighbour.
/// @param usual  the pace where it was not measured
[[nodiscard]] std::vector<const Measurement*> calmest(std::vector<const Measurement*> all,
                                                      double usual = 1);

/// The first of `others` that did the same work: of the same stage and dataset, with the same
/// counts, such as a self-test's on another device. nullptr when none did.
[[nodiscard]] const Measurement* same_work(std::span<const Measurement* const> others,
                                           const Measurement& one);

/// Whether what was read or written can be learned from.
[[nodiscard]] bool is_usable(const Exchange& exchange);

}  // namespace ionloom::plan
