#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "plan/stage_model.h"
#include "plan/work_counts.h"
#include "sites/device_record.h"

namespace ionloom::sites {

/// Devices of one place with a store of their own, joined to the others by a network.
struct Site {
  std::string name{};
  DeviceRecord device{};      ///< its kappas of all stages are known or filled
  double price_s_usd = 0;     ///< of a second in which it works
  double price_byte_usd = 0;  ///< of a byte that leaves it
  double start_up_s = 0;      ///< before its first task
  double pack_bytes_s = 5e8;  ///< of a core of the reference machine, see stages::pack_block()
};

/// What is to be placed: work, sizes, and where things lie.
struct PlacementJob {
  plan::JobCounts counts{};
  double raw_bytes = 0;     ///< .imzML and .ibd
  double run_bytes = 0;     ///< peaks as they are written after ingest
  double packed_share = 1;  ///< of run_bytes, when packed
  double window_share = 1;  ///< of the peaks, in the windows of any ion
  double ion_table_bytes = 0;
  double result_bytes = 0;  ///< metrics and images
  std::size_t source = 0;   ///< site where the dataset lies
  std::size_t results = 0;  ///< site where results are wanted
  bool keep_raw = false;    ///< no peak leaves the source
  /// What one core of the reference machine takes for the whole of a stage.
  std::function<plan::Prediction(plan::Stage stage)> predict{};
  /// Least memory that a task of a stage can do with, in whatever pieces it is cut, bytes.
  std::function<std::uint64_t(plan::Stage stage)> least_memory{};
  double quantile = 0.5;  ///< probability with which each stage keeps its time
};

/// Targeted lists may ship only the peaks in their windows; above this share it is not worth it.
inline constexpr double kMostWindowShare = 0.5;

/// What runs where: data-parallel stages in shares that add up to 1, the others at one site.
struct Placement {
  std::vector<double> ingest{};    ///< a share a site
  std::size_t patterns = 0;        ///< site
  std::vector<double> annotate{};  ///< a share a site; images too
  bool is_packed = false;          ///< runs cross links packed
  bool windows_only = false;       ///< only peaks in windows cross links

  bool operator==(const Placement&) const = default;
};

/// What a placement comes to.
struct PlacementEstimate {
  double time_s = 0;
  double cost_usd = 0;
  double energy_j = 0;
  double link_bytes = 0;  ///< that leave any site
  double ingest_s = 0;    ///< until peaks are in order and patterns are known
  double annotate_s = 0;
  double rank_s = 0;
  std::vector<double> busy_s{};                   ///< a site: with all its cores at work
  std::vector<std::vector<double>> sent_bytes{};  ///< from a site (row) to another
};

/// Absent when the placement breaks a rule: raw data that must stay, memory that a site does not
/// have, a stage that was never measured, shares that do not add up to 1.
[[nodiscard]] std::optional<PlacementEstimate> estimate_placement(const std::vector<Site>& sites,
                                                                  const PlacementJob& job,
                                                                  const Placement& placement);

/// What counts.
enum class PlacementGoal : std::uint8_t { kTime, kCost, kEnergy, kBytes };

[[nodiscard]] double value_of(const PlacementEstimate& estimate, PlacementGoal goal);

struct PlacedPlan {
  Placement placement{};
  PlacementEstimate estimate{};
};

/// The best placements for a goal, one for each way to cut (which sites ingest, which annotate,
/// packed, windows only), the best first. Among the sites of a cut a stage is shared so that all
/// finish together, as far as their links allow. Empty when nothing is possible.
/// @param deadline_s  slower ones come after all that keep it, the fastest first
[[nodiscard]] std::vector<PlacedPlan> best_placements(
    const std::vector<Site>& sites, const PlacementJob& job, PlacementGoal goal,
    double deadline_s = std::numeric_limits<double>::infinity());

/// Most sites that are planned for.
inline constexpr std::size_t kMostSites = 5;

}  // namespace ionloom::sites
