#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plan/plan_maker.h"

namespace ionloom::plan {

/// Who decides.
enum class Planner : std::uint8_t {
  kExact,      ///< best_plans()
  kMetaspace,  ///< METASPACE's constants: metaspace_rule()
  kNote,       ///< those, and the note's greedy search for ingest: note_plan()
  kDitto,      ///< tasks in the ratio of square roots: ditto_rule(), the number of all tasks swept
  kFixed,      ///< tasks of a constant size: what this program cuts without a plan
};

/// "exact", "metaspace" ...
[[nodiscard]] std::string_view planner_name(Planner planner);
[[nodiscard]] std::optional<Planner> planner_from_name(std::string_view name);

/// Peaks and ions of a task that is cut without a plan (exec/task_annotation.cpp).
inline constexpr std::uint64_t kFixedPeaks = std::uint64_t{1} << 22;
inline constexpr std::uint64_t kFixedPatternIons = 2048;
inline constexpr std::uint64_t kFixedAnnotateIons = 1024;

/// The plan that a rule makes of a problem, judged by the problem's own models. Tasks are
/// functions, where any place has such, else on the first place; a memory class is the smallest
/// that has what the rule asks for and what the stage needs. Absent when the rule's plan is not
/// possible there.
/// @param planner    not kExact
/// @param ibd_bytes  size of the .ibd
/// @param goal       which of several numbers of tasks is best, where a rule leaves that open
[[nodiscard]] std::optional<Plan> rule_plan(Planner planner, const PlanProblem& problem,
                                            StageEstimator& estimator, std::uint64_t ibd_bytes,
                                            const Goal& goal);

}  // namespace ionloom::plan
