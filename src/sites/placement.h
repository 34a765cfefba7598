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
  double start_up_s = 0;      ///< until its executor takes the first call
  double call_s =
      0;  ///< that a call takes beside its tasks on the reference: start, news of the end
  /// Of what is done beside the stages, such as starting calls (speed_kappa()); absent: of index.
  std::optional<double> host_kappa{};
  double pack_bytes_s = 5e8;  ///< of a core of the reference machine, see stages::pack_block()
};

/// Makes all that the site does take so many times as long.
void slow_down(Site& site, double times);

/// What is to be placed: work, sizes, and where things lie.
struct PlacementJob {
  plan::JobCounts counts{};
  double raw_bytes = 0;      ///< .imzML and .ibd
  double run_bytes = 0;      ///< peaks as they are written after ingest
  double packed_share = 1;   ///< of run_bytes, when packed
  double window_share = 1;   ///< of run_bytes, in blocks that the windows of any ion touch
  double image_share = 0;    ///< of run_bytes, in blocks that images are read from
  double step_s = 0;         ///< of a step of planning on the reference, beside reading the header
  double ingest_more_s = 0;  ///< on one core of it, what ingest takes as tasks beside its stage
  double annotate_more_s = 0;  ///< the same of annotate
  double images_more_s = 0;    ///< and of images
  double ion_table_bytes = 0;
  double metrics_bytes = 0;  ///< that rank reads
  double result_bytes = 0;   ///< files: tables and images
  double header_bytes =
      0;  ///< of dataset and lists, what ranking elsewhere than at the source reads
  /// Site where the dataset lies; ions are made there.
  std::size_t source = 0;
  std::size_t results = 0;  ///< site where results are wanted
  bool keep_raw = false;    ///< no peak leaves the source, so images are made there
  /// Shares in which a run that is under way has ingested; ingest and patterns are over then, and
  /// runs are packed or not as they are. Empty: nothing has begun.
  std::vector<double> ingested{};
  bool ingested_packed = false;
  /// What one core of the reference machine takes for the whole of a stage.
  std::function<plan::Prediction(plan::Stage stage)> predict{};
  /// Least memory that a task of a stage can do with, in whatever pieces it is cut, bytes.
  std::function<std::uint64_t(plan::Stage stage)> least_memory{};
  double quantile = 0.5;  ///< probability with which each stage keeps its time
};

/// Targeted lists ship only the blocks that their windows touch, which pays below this share.
inline constexpr double kMostWindowShare = 0.5;

/// What runs where: data-parallel stages in shares that add up to 1, the others at one site.
struct Placement {
  std::vector<double> ingest{};    ///< a share a site
  std::size_t patterns = 0;        ///< site
  std::vector<double> annotate{};  ///< a share a site
  std::size_t rank = 0;            ///< site: ranks, images, and the files of the results
  bool is_packed = false;          ///< runs cross links packed
  bool windows_only = false;       ///< only blocks that windows touch cross links

  bool operator==(const Placement&) const = default;
};

/// What a placement comes to.
struct PlacementEstimate {
  double time_s = 0;
  double cost_usd = 0;
  double energy_j = 0;
  double link_bytes = 0;  ///< that leave any site
  double steps_s = 0;     ///< starts, reading the header, ions, and planning between the stages
  double ingest_s = 0;    ///< until peaks are in order and patterns are known
  double annotate_s = 0;
  double rank_s = 0;
  double images_s = 0;                            ///< and tables, until they are where wanted
  std::vector<double> busy_s{};                   ///< a site: with all its cores at work
  std::vector<std::vector<double>> sent_bytes{};  ///< from a site (row) to another
};

/// Absent when the placement breaks a rule: raw data that must stay, memory that a site does not
/// have, a stage that was never measured, shares that do not add up to 1.
[[nodiscard]] std::optional<PlacementEstimate> estimate_placement(const std::vector<Site>& sites,
                                                                  const PlacementJob& job,
                                                                  const Placement& placement);

/// Shares of ingest for a set of sites (a bit a site) that finish it together; empty when a site of
/// the set cannot do it.
[[nodiscard]] std::vector<double> ingest_shares(const std::vector<Site>& sites,
                                                const PlacementJob& job, const Placement& placement,
                                                std::uint32_t set);

/// The same of annotate, which depends on where the runs are.
[[nodiscard]] std::vector<double> annotate_shares(const std::vector<Site>& sites,
                                                  const PlacementJob& job,
                                                  const Placement& placement, std::uint32_t set);

/// What counts.
enum class PlacementGoal : std::uint8_t { kTime, kCost, kEnergy, kBytes };

[[nodiscard]] double value_of(const PlacementEstimate& estimate, PlacementGoal goal);

}  // namespace ionloom::sites
