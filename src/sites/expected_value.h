#pragma once

#include <vector>

#include "sites/placement.h"

namespace ionloom::sites {

/// Sites as they may truly be, drawn around what is known: kappas as far off as self-tests are,
/// links as they change from hour to hour. The same draws for the same sites.
[[nodiscard]] std::vector<std::vector<Site>> possible_sites(const std::vector<Site>& known);

/// What a placement comes to for a goal, in the mean over sites as they may be. Where stages end
/// together if all is as known, some end later than the mean of each. Infinite for one that is not
/// possible.
[[nodiscard]] double expected_value(const std::vector<std::vector<Site>>& possible,
                                    const PlacementJob& job, const Placement& placement,
                                    PlacementGoal goal);

}  // namespace ionloom::sites
