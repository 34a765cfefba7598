#include "sites/baseline_placements.h"

#include <algorithm>
#include <array>
#include <limits>

namespace ionloom::sites {
namespace {

/// The stages that are placed, as a small graph: patterns and ingest meet in annotate, ranks and
/// images follow.
enum Node : std::size_t { kIngest, kPatterns, kAnnotate, kRank, kNodes };

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Means that HEFT and the greedy rule see: no queue, no division, no packing.
class MeanTimes {
 public:
  MeanTimes(const std::vector<Site>& sites, const PlacementJob& job) : sites_(sites), job_(job) {}

  [[nodiscard]] double compute_s(Node node, std::size_t site) const {
    switch (node) {
      case kIngest:
        return stage_s(plan::Stage::kIngest, site);
      case kPatterns:
        return stage_s(plan::Stage::kPatterns, site);
      case kAnnotate:
        return stage_s(plan::Stage::kAnnotate, site);
      default:  // is not divided among cores
        return core_s(plan::Stage::kRank, site) + core_s(plan::Stage::kImages, site);
    }
  }

  [[nodiscard]] double send_s(double bytes, std::size_t from, std::size_t to) const {
    if (from == to) return 0;
    const RecentValues& up = sites_[from].device.link.up_bytes_s;
    const RecentValues& down = sites_[to].device.link.down_bytes_s;
    if (up.empty() || down.empty()) return kNever;
    return bytes / std::min(up.quantile(0.5), down.quantile(0.5));
  }

  /// The way of what ranks and images are made of, and of the header.
  [[nodiscard]] double ranked_s(const std::array<std::size_t, kNodes>& at, std::size_t site) const {
    return send_s(job_.metrics_bytes, at[kAnnotate], site) +
           send_s(job_.run_bytes * job_.image_share, at[kIngest], site) +
           send_s(job_.header_bytes, job_.source, site);
  }

  [[nodiscard]] bool may_run(Node node, std::size_t site) const {
    const bool stays = job_.keep_raw && node != kPatterns;
    const plan::Stage stage = node == kIngest     ? plan::Stage::kIngest
                              : node == kPatterns ? plan::Stage::kPatterns
                              : node == kAnnotate ? plan::Stage::kAnnotate
                                                  : plan::Stage::kImages;
    return (!stays || site == job_.source) &&
           job_.least_memory(stage) <= sites_[site].device.memory_bytes;
  }

  [[nodiscard]] std::size_t sites() const { return sites_.size(); }

 private:
  [[nodiscard]] double core_s(plan::Stage stage, std::size_t site) const {
    const auto& kappa = sites_[site].device.kappas[static_cast<std::size_t>(stage)];
    return kappa ? *kappa * job_.predict(stage).seconds : kNever;
  }
  [[nodiscard]] double stage_s(plan::Stage stage, std::size_t site) const {
    return core_s(stage, site) / sites_[site].device.cores;
  }

  const std::vector<Site>& sites_;
  const PlacementJob& job_;
};

Placement placed(std::size_t sites, const std::array<std::size_t, kNodes>& at) {
  Placement placement = all_at(sites, at[kIngest]);
  placement.patterns = at[kPatterns];
  placement.annotate.assign(sites, 0);
  placement.annotate[at[kAnnotate]] = 1;
  placement.rank = at[kRank];
  return placement;
}

double mean_over_sites(const MeanTimes& times, Node node) {
  double sum = 0;
  for (std::size_t site = 0; site < times.sites(); ++site) sum += times.compute_s(node, site);
  return sum / static_cast<double>(times.sites());
}

double mean_over_links(const MeanTimes& times, double bytes) {
  double sum = 0;
  for (std::size_t from = 0; from < times.sites(); ++from) {
    for (std::size_t to = 0; to < times.sites(); ++to) sum += times.send_s(bytes, from, to);
  }
  return sum / static_cast<double>(times.sites() * times.sites());
}

/// When a site is done with a node that it takes up after what it has, seconds.
double end_of_first(const MeanTimes& times, const PlacementJob& job, Node node, std::size_t site,
                    double free_s) {
  const double input_s = node == kIngest ? times.send_s(job.raw_bytes, job.source, site) : 0;
  return std::max(free_s, input_s) + times.compute_s(node, site);
}

}  // namespace

Placement all_at(std::size_t sites, std::size_t site) {
  Placement placement{.ingest = std::vector<double>(sites),
                      .patterns = site,
                      .annotate = std::vector<double>(sites),
                      .rank = site};
  placement.ingest[site] = 1;
  placement.annotate[site] = 1;
  return placement;
}

std::optional<Placement> heft_placement(const std::vector<Site>& sites, const PlacementJob& job) {
  const MeanTimes times(sites, job);
  const double ingest_rank =
      mean_over_sites(times, kIngest) + mean_over_links(times, job.run_bytes);
  const double patterns_rank =
      mean_over_sites(times, kPatterns) + mean_over_links(times, job.ion_table_bytes);
  std::array<Node, kNodes> order = {kIngest, kPatterns, kAnnotate, kRank};
  if (patterns_rank > ingest_rank) std::swap(order[0], order[1]);

  std::array<std::size_t, kNodes> at{};
  std::array<double, kNodes> ends{};
  std::vector<double> free_s(sites.size());
  for (const Node node : order) {
    double best = kNever;
    for (std::size_t site = 0; site < sites.size(); ++site) {
      if (!times.may_run(node, site)) continue;
      double end = 0;
      if (node == kAnnotate) {
        const double ready =
            std::max({free_s[site], ends[kIngest] + times.send_s(job.run_bytes, at[kIngest], site),
                      ends[kPatterns] + times.send_s(job.ion_table_bytes, at[kPatterns], site)});
        end = ready + times.compute_s(node, site);
      } else if (node == kRank) {
        end = ends[kAnnotate] + times.ranked_s(at, site) + times.compute_s(node, site) +
              times.send_s(job.result_bytes, site, job.results);
      } else {
        end = end_of_first(times, job, node, site, free_s[site]);
      }
      if (end >= best) continue;
      best = end;
      at[node] = site;
    }
    if (best == kNever) return std::nullopt;
    ends[node] = best;
    free_s[at[node]] = best;
  }
  return placed(sites.size(), at);
}

std::optional<Placement> greedy_placement(const std::vector<Site>& sites, const PlacementJob& job) {
  const MeanTimes times(sites, job);
  std::array<std::size_t, kNodes> at{};
  for (const Node node : {kIngest, kPatterns, kAnnotate, kRank}) {
    double best = kNever;
    for (std::size_t site = 0; site < sites.size(); ++site) {
      if (!times.may_run(node, site)) continue;
      double seconds = times.compute_s(node, site);
      if (node == kIngest) seconds += times.send_s(job.raw_bytes, job.source, site);
      if (node == kAnnotate) {
        seconds += times.send_s(job.run_bytes, at[kIngest], site) +
                   times.send_s(job.ion_table_bytes, at[kPatterns], site);
      }
      if (node == kRank) seconds += times.ranked_s(at, site);
      if (seconds >= best) continue;
      best = seconds;
      at[node] = site;
    }
    if (best == kNever) return std::nullopt;
  }
  return placed(sites.size(), at);
}

}  // namespace ionloom::sites
