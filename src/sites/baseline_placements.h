#pragma once

#include <optional>
#include <vector>

#include "sites/placement.h"

namespace ionloom::sites {

// How others place: what a plan is measured against. None of them divides a stage.

/// Everything at one site.
[[nodiscard]] Placement all_at(std::size_t sites, std::size_t site);

/// HEFT (Topcuoglu et al., 2002) with mean times: stages by their upward rank (mean time and mean
/// transfer on the way to the end), each where it is finished first. Absent when a stage can run
/// nowhere.
[[nodiscard]] std::optional<Placement> heft_placement(const std::vector<Site>& sites,
                                                      const PlacementJob& job);

/// In the manner of the note's learning plane: stage by stage, each where it and the way of its
/// input take least, whatever comes after.
[[nodiscard]] std::optional<Placement> greedy_placement(const std::vector<Site>& sites,
                                                        const PlacementJob& job);

}  // namespace ionloom::sites
