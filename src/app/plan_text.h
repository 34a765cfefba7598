#pragma once

#include <string>

#include "app/job_plan.h"
#include "report/scatter_picture.h"

namespace ionloom::app {

/// The lines that `ionloom plan` prints of a plan of tasks.
/// @param pareto  with all plans that no other beats
[[nodiscard]] std::string plan_text(const Job& job, const TaskPlan& made, bool pareto);

/// The same of a plan of threads.
[[nodiscard]] std::string plan_text(const Job& job, const LocalPlan& made, bool pareto);

/// The choices between time and cost, those of rules beside them.
[[nodiscard]] report::ScatterPicture plan_picture(const Job& job, const TaskPlan& made);

/// The choices between time and threads.
[[nodiscard]] report::ScatterPicture plan_picture(const Job& job, const LocalPlan& made);

}  // namespace ionloom::app
