#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/job_plan.h"
#include "app/sites_file.h"
#include "base/error.h"
#include "sites/best_placements.h"

namespace ionloom::app {

/// What decides a placement beside the sites.
struct SiteGoal {
  sites::PlacementGoal goal = sites::PlacementGoal::kTime;
  std::optional<double> deadline_s{};
  std::string keep_raw_at{};  ///< the site that no peak may leave; empty: none
  /// "best", "runner-up", or a file with a placement (app/placement_file.h).
  std::string placement = "best";
  /// What a run that is under way has seen of the sites (app/observed_sites.h).
  std::optional<std::filesystem::path> observed{};
};

/// A job on sites.
struct SitePlan {
  SitesFile file{};
  sites::PlacementJob job{};
  SiteGoal goal{};
  double packed_bytes_a_peak = 0;          ///< of a sample
  std::vector<sites::PlacedPlan> plans{};  ///< the one to go by, then the best first
  /// The best that differs from that in which sites work on which stage; plans.size() when there is
  /// none.
  std::size_t runner_up = 0;
};

/// Fails (kUsage) for a site that is not in the file, for raw data that must stay at another site
/// than where they lie, for a deadline that no placement keeps, with the best possible, and for a
/// placement that is asked for and not possible; (kData) when no placement is possible at all, or a
/// file or spectrum cannot be read.
[[nodiscard]] Result<SitePlan> plan_sites(const Job& job, const std::filesystem::path& sites_file,
                                          const SiteGoal& goal);

/// The lines that `ionloom plan --sites` prints, with a drawing of sites and what flows between.
[[nodiscard]] std::string site_plan_text(const Job& job, const SitePlan& made);

/// As JSON (docs/formats/plan.md).
[[nodiscard]] std::string site_plan_json(const Job& job, const SitePlan& made);

/// Draws sites, their stages and what flows between into a PNG file. Fails as files::write_file().
[[nodiscard]] Result<void> write_site_picture(const std::filesystem::path& path,
                                              const SitePlan& made);

}  // namespace ionloom::app
