#pragma once

#include <variant>

#include "base/error.h"
#include "plan/pareto_front.h"

namespace ionloom::plan {

/// The cheapest plan that is done in time.
struct Deadline {
  double time_s = 0;
};
/// The fastest plan that costs no more.
struct Budget {
  double cost_usd = 0;
};
/// The plan with the least cost + time x the price of a second of waiting.
struct Weight {
  double usd_s = 0;
};

using Goal = std::variant<Deadline, Budget, Weight>;

/// The point of a front that a goal asks for. Fails (kUsage) when no plan meets the deadline or the
/// budget, with the best possible; and on a front without labels.
[[nodiscard]] Result<Label> choose_point(const ParetoFront& front, const Goal& goal);

}  // namespace ionloom::plan
