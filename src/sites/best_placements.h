#pragma once

#include <limits>
#include <vector>

#include "sites/placement.h"

namespace ionloom::sites {

struct PlacedPlan {
  Placement placement{};
  PlacementEstimate estimate{};
};

/// The best placements for a goal, one for each way to cut (which sites ingest, which annotate,
/// where patterns and where ranks and images are made, packed, windows only), the best first. Among
/// the sites of a cut a stage is shared so that all finish together, as far as their links allow.
/// Of those within 5 % of the best, what is best in the mean over sites as they may be
/// (expected_value.h) comes first. Empty when nothing is possible.
/// @param deadline_s  slower ones come after all that keep it, the fastest first
[[nodiscard]] std::vector<PlacedPlan> best_placements(
    const std::vector<Site>& sites, const PlacementJob& job, PlacementGoal goal,
    double deadline_s = std::numeric_limits<double>::infinity());

/// Most sites that are planned for.
inline constexpr std::size_t kMostSites = 5;

}  // namespace ionloom::sites
