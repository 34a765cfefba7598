#pragma once

#include <string>

#include "app/job_plan.h"

namespace ionloom::app {

/// A plan as JSON (docs/formats/plan.md).
[[nodiscard]] std::string plan_json(const Job& job, const TaskPlan& made);
[[nodiscard]] std::string plan_json(const Job& job, const LocalPlan& made);

}  // namespace ionloom::app
