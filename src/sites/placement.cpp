#include "sites/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan/normal_quantile.h"
#include "sites/water_filling.h"

namespace ionloom::sites {
namespace {

using plan::Stage;

bool adds_up(const std::vector<double>& shares, std::size_t sites) {
  const bool in_range =
      std::ranges::all_of(shares, [](double share) { return share >= 0 && share <= 1 + 1e-9; });
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  return shares.size() == sites && in_range && std::abs(sum - 1) < 1e-9;
}

/// Seconds, bandwidths and bytes of a job on sites, with nothing chosen yet.
class Costs {
 public:
  Costs(const std::vector<Site>& sites, const PlacementJob& job) : sites_(sites), job_(job) {}

  /// Absent when the stage was never measured on any device.
  [[nodiscard]] std::optional<double> stage_s(Stage stage, std::size_t site) const {
    const DeviceRecord& device = sites_[site].device;
    const auto& kappa = device.kappas[static_cast<std::size_t>(stage)];
    if (!kappa) return std::nullopt;
    const plan::Prediction predicted = job_.predict(stage);
    const double risk = std::exp(predicted.spread_log * plan::normal_quantile(job_.quantile));
    return *kappa * predicted.seconds * risk / device.cores;
  }

  [[nodiscard]] bool fits(Stage stage, std::size_t site) const {
    return job_.least_memory(stage) <= sites_[site].device.memory_bytes;
  }

  [[nodiscard]] double latency_s(std::size_t site) const {
    const RecentValues& seen = sites_[site].device.link.latency_s;
    return seen.empty() ? 0 : seen.quantile(0.5);
  }

  /// Of one site to another when nothing else is on the way. Of a link that nobody measured
  /// nothing is expected.
  [[nodiscard]] double bytes_s(std::size_t from, std::size_t to) const {
    return std::min(rate(sites_[from].device.link.up_bytes_s),
                    rate(sites_[to].device.link.down_bytes_s));
  }

  /// Runs as they cross a link.
  [[nodiscard]] double sent_run_bytes(bool is_packed, bool windows_only) const {
    return job_.run_bytes * (is_packed ? job_.packed_share : 1) *
           (windows_only ? job_.window_share : 1);
  }

  [[nodiscard]] double pack_s(std::size_t site) const {
    const DeviceRecord& device = sites_[site].device;
    const auto& kappa = device.kappas[static_cast<std::size_t>(Stage::kIngest)];
    return kappa.value_or(1) * job_.run_bytes / sites_[site].pack_bytes_s / device.cores;
  }

 private:
  /// That three of four transfers reach.
  [[nodiscard]] static double rate(const RecentValues& seen) {
    return seen.empty() ? 1e-300 : seen.quantile(0.25);
  }

  const std::vector<Site>& sites_;
  const PlacementJob& job_;
};

/// What a stage comes to at a site: before it can begin, for all of it, and how much of that keeps
/// cores busy.
struct SiteWork {
  Filling filling{};
  double busy_s = 0;
};

/// Ingest at a site: the raw data's way there, reading and sorting, packing; patterns come first
/// where they are made.
std::optional<SiteWork> ingest_work(const Costs& costs, const PlacementJob& job, std::size_t site,
                                    double before_s, bool packs) {
  const auto index_s = costs.stage_s(Stage::kIndex, site);
  const auto ingest_s = costs.stage_s(Stage::kIngest, site);
  if (!index_s || !ingest_s || !costs.fits(Stage::kIngest, site)) return std::nullopt;
  SiteWork work;
  work.busy_s = *index_s + *ingest_s + (packs ? costs.pack_s(site) : 0);
  work.filling = {.before_s = before_s, .whole_s = work.busy_s};
  if (site != job.source) {
    work.filling.before_s = std::max(before_s, costs.latency_s(site) + costs.latency_s(job.source));
    work.filling.whole_s += job.raw_bytes / costs.bytes_s(job.source, site);
  }
  return work;
}

std::optional<SiteWork> annotate_work(const Costs& costs, const PlacementJob& job,
                                      const Placement& placement, std::size_t site) {
  const auto annotate_s = costs.stage_s(Stage::kAnnotate, site);
  const auto images_s = costs.stage_s(Stage::kImages, site);
  if (!annotate_s || !images_s || !costs.fits(Stage::kAnnotate, site)) return std::nullopt;
  SiteWork work{.busy_s = *annotate_s + *images_s};
  work.filling.whole_s = work.busy_s;
  const double run_bytes = costs.sent_run_bytes(placement.is_packed, placement.windows_only);
  for (std::size_t from = 0; from < placement.ingest.size(); ++from) {
    if (from == site || placement.ingest[from] == 0) continue;
    work.filling.whole_s += placement.ingest[from] * run_bytes / costs.bytes_s(from, site);
    work.filling.before_s =
        std::max(work.filling.before_s, costs.latency_s(site) + costs.latency_s(from));
  }
  if (site != placement.patterns) {
    work.filling.before_s += job.ion_table_bytes / costs.bytes_s(placement.patterns, site);
  }
  if (site != job.results) {
    work.filling.whole_s += job.result_bytes / costs.bytes_s(site, job.results);
    work.filling.before_s += costs.latency_s(site) + costs.latency_s(job.results);
  }
  return work;
}

/// Start-up of a site, and the patterns where they are made, come before ingest.
std::optional<double> before_ingest_s(const Costs& costs, const std::vector<Site>& sites,
                                      std::size_t site, std::size_t patterns) {
  double before = sites[site].start_up_s;
  if (site != patterns) return before;
  const auto ions_s = costs.stage_s(Stage::kIons, site);
  const auto patterns_s = costs.stage_s(Stage::kPatterns, site);
  if (!ions_s || !patterns_s || !costs.fits(Stage::kPatterns, site)) return std::nullopt;
  return before + *ions_s + *patterns_s;
}

/// Whether peaks would go where they must not.
bool breaks_residency(const PlacementJob& job, const Placement& placement) {
  return job.keep_raw && (placement.ingest[job.source] < 1 || placement.annotate[job.source] < 1);
}

/// Bytes from each site to each other.
void count_bytes(const Costs& costs, const PlacementJob& job, const Placement& placement,
                 PlacementEstimate& estimate) {
  const std::size_t count = placement.ingest.size();
  estimate.sent_bytes.assign(count, std::vector<double>(count));
  auto& sent = estimate.sent_bytes;
  const double run_bytes = costs.sent_run_bytes(placement.is_packed, placement.windows_only);
  for (std::size_t to = 0; to < count; ++to) {
    sent[job.source][to] += placement.ingest[to] * job.raw_bytes;
    for (std::size_t from = 0; from < count; ++from) {
      sent[from][to] += placement.ingest[from] * placement.annotate[to] * run_bytes;
    }
    if (placement.annotate[to] == 0) continue;
    sent[placement.patterns][to] += job.ion_table_bytes;
    sent[to][job.results] += placement.annotate[to] * job.result_bytes;
  }
  for (std::size_t site = 0; site < count; ++site) {
    sent[site][site] = 0;
    for (const double bytes : sent[site]) estimate.link_bytes += bytes;
  }
}

void count_costs(const std::vector<Site>& sites, const Placement& placement,
                 PlacementEstimate& estimate) {
  for (std::size_t site = 0; site < sites.size(); ++site) {
    double bytes = 0;
    for (std::size_t other = 0; other < sites.size(); ++other) {
      bytes += estimate.sent_bytes[site][other] + estimate.sent_bytes[other][site];
      estimate.cost_usd += sites[site].price_byte_usd * estimate.sent_bytes[site][other];
    }
    const DeviceRecord& device = sites[site].device;
    estimate.energy_j += bytes * device.link_j_byte +
                         estimate.busy_s[site] * std::max(device.active_w - device.idle_w, 0.0);
    const bool works =
        placement.ingest[site] > 0 || placement.annotate[site] > 0 || placement.patterns == site;
    if (!works) continue;
    estimate.energy_j += estimate.time_s * device.idle_w;
    estimate.cost_usd += estimate.time_s * sites[site].price_s_usd;
  }
}

/// Seconds until all sites with a share are done, and their busy seconds.
template <class WorkOf>
std::optional<double> stage_end_s(const std::vector<double>& shares, const WorkOf& work_of,
                                  std::vector<double>& busy_s) {
  double end = 0;
  for (std::size_t site = 0; site < shares.size(); ++site) {
    if (shares[site] == 0) continue;
    const std::optional<SiteWork> work = work_of(site);
    if (!work) return std::nullopt;
    end = std::max(end, work->filling.before_s + shares[site] * work->filling.whole_s);
    busy_s[site] += shares[site] * work->busy_s;
  }
  return end;
}

/// Every non-empty set of sites, a bit a site.
std::uint32_t sets_of(std::size_t sites) {
  return 1U << sites;
}

template <class WorkOf>
std::vector<double> shares_of(std::size_t sites, std::uint32_t set, const WorkOf& work_of) {
  std::vector<Filling> fillings(sites, Filling{.may_work = false});
  for (std::size_t site = 0; site < sites; ++site) {
    if ((set >> site & 1U) == 0) continue;
    const std::optional<SiteWork> work = work_of(site);
    if (!work) return {};  // the set without the site is tried as well
    fillings[site] = work->filling;
  }
  return finish_together(fillings);
}

}  // namespace

std::optional<PlacementEstimate> estimate_placement(const std::vector<Site>& sites,
                                                    const PlacementJob& job,
                                                    const Placement& placement) {
  if (!adds_up(placement.ingest, sites.size()) || !adds_up(placement.annotate, sites.size()) ||
      breaks_residency(job, placement) ||
      (placement.windows_only && job.window_share >= kMostWindowShare)) {
    return std::nullopt;
  }
  const Costs costs(sites, job);
  PlacementEstimate estimate;
  estimate.busy_s.resize(sites.size());
  const auto patterns_end = before_ingest_s(costs, sites, placement.patterns, placement.patterns);
  if (!patterns_end) return std::nullopt;
  estimate.busy_s[placement.patterns] += *patterns_end - sites[placement.patterns].start_up_s;
  const auto ingest_end = stage_end_s(
      placement.ingest,
      [&](std::size_t site) -> std::optional<SiteWork> {
        const auto before = before_ingest_s(costs, sites, site, placement.patterns);
        if (!before) return std::nullopt;
        return ingest_work(costs, job, site, *before, placement.is_packed);
      },
      estimate.busy_s);
  const auto annotate_s = stage_end_s(
      placement.annotate,
      [&](std::size_t site) { return annotate_work(costs, job, placement, site); },
      estimate.busy_s);
  const auto rank_s = costs.stage_s(Stage::kRank, job.results);
  if (!ingest_end || !annotate_s || !rank_s) return std::nullopt;
  estimate.ingest_s = std::max(*ingest_end, *patterns_end);
  estimate.annotate_s = *annotate_s;
  estimate.rank_s = *rank_s;
  estimate.busy_s[job.results] += *rank_s;
  estimate.time_s = estimate.ingest_s + estimate.annotate_s + estimate.rank_s;
  count_bytes(costs, job, placement, estimate);
  count_costs(sites, placement, estimate);
  return estimate;
}

double value_of(const PlacementEstimate& estimate, PlacementGoal goal) {
  switch (goal) {
    case PlacementGoal::kTime:
      return estimate.time_s;
    case PlacementGoal::kCost:
      return estimate.cost_usd;
    case PlacementGoal::kEnergy:
      return estimate.energy_j;
    case PlacementGoal::kBytes:
      return estimate.link_bytes;
  }
  return estimate.time_s;
}

namespace {

/// Shares of ingest for a set of sites that finish it together; empty when that is impossible.
std::vector<double> ingest_shares(const std::vector<Site>& sites, const PlacementJob& job,
                                  const Placement& placement, std::uint32_t set) {
  const Costs costs(sites, job);
  return shares_of(sites.size(), set, [&](std::size_t site) -> std::optional<SiteWork> {
    const auto before = before_ingest_s(costs, sites, site, placement.patterns);
    if (!before) return std::nullopt;
    return ingest_work(costs, job, site, *before, placement.is_packed);
  });
}

/// The same of annotate, which depends on where the runs are.
std::vector<double> annotate_shares(const std::vector<Site>& sites, const PlacementJob& job,
                                    const Placement& placement, std::uint32_t set) {
  const Costs costs(sites, job);
  return shares_of(sites.size(), set,
                   [&](std::size_t site) { return annotate_work(costs, job, placement, site); });
}

std::uint32_t set_of(const std::vector<double>& shares) {
  std::uint32_t set = 0;
  for (std::size_t site = 0; site < shares.size(); ++site) {
    if (shares[site] > 0) set |= 1U << site;
  }
  return set;
}

/// Every set of sites that ingests with every set that annotates.
void append_placements(const std::vector<Site>& sites, const PlacementJob& job, Placement placement,
                       std::vector<PlacedPlan>& plans) {
  for (std::uint32_t ingest = 1; ingest < sets_of(sites.size()); ++ingest) {
    placement.ingest = ingest_shares(sites, job, placement, ingest);
    if (placement.ingest.empty()) continue;
    for (std::uint32_t annotate = 1; annotate < sets_of(sites.size()); ++annotate) {
      placement.annotate = annotate_shares(sites, job, placement, annotate);
      if (placement.annotate.empty()) continue;
      auto estimate = estimate_placement(sites, job, placement);
      if (estimate) plans.push_back({placement, std::move(*estimate)});
    }
  }
}

/// Orders placements for a goal: those in time first.
class Order {
 public:
  Order(PlacementGoal goal, double deadline_s) : goal_(goal), deadline_s_(deadline_s) {}

  [[nodiscard]] bool is_better(const PlacementEstimate& a, const PlacementEstimate& b) const {
    const bool a_late = a.time_s > deadline_s_;
    const bool b_late = b.time_s > deadline_s_;
    if (a_late != b_late) return b_late;
    const double a_value = a_late ? a.time_s : value_of(a, goal_);
    const double b_value = b_late ? b.time_s : value_of(b, goal_);
    return a_value != b_value ? a_value < b_value : a.time_s < b.time_s;
  }

 private:
  PlacementGoal goal_;
  double deadline_s_;
};

/// A step of shares from one site to another; false when there is nothing to give.
bool shift(std::vector<double>& shares, std::size_t from, std::size_t to, double step) {
  const double given = std::min(step, shares[from]);
  if (from == to || given <= 0) return false;
  shares[from] -= given;
  if (shares[from] < 1e-12) shares[from] = 0;
  shares[to] = 1 - (std::accumulate(shares.begin(), shares.end(), 0.0) - shares[to]);
  return true;
}

/// Finishing each stage together is not always best: peaks that are ingested where they will be
/// annotated need not travel, and what counts may not be time. Shifts shares between the sites as
/// long as that helps, in steps that are halved.
void refine(const std::vector<Site>& sites, const PlacementJob& job, const Order& order,
            PlacedPlan& plan) {
  const std::uint32_t annotating = set_of(plan.placement.annotate);
  const auto take_if_better = [&](const Placement& tried) {
    auto estimate = estimate_placement(sites, job, tried);
    if (!estimate || !order.is_better(*estimate, plan.estimate)) return false;
    plan = {tried, std::move(*estimate)};
    return true;
  };
  constexpr double kLeastStep = 0.004;
  constexpr int kMostRounds = 60;
  double step = 0.25;
  for (int round = 0; round < kMostRounds && step > kLeastStep; ++round) {
    bool helped = false;
    for (std::size_t from = 0; from < sites.size(); ++from) {
      for (std::size_t to = 0; to < sites.size(); ++to) {
        Placement tried = plan.placement;
        if (shift(tried.ingest, from, to, step)) {
          helped |= take_if_better(tried);  // with the same shares of annotate
          tried.annotate = annotate_shares(sites, job, tried, annotating);
          if (!tried.annotate.empty()) helped |= take_if_better(tried);
        }
        tried = plan.placement;
        if (shift(tried.annotate, from, to, step)) helped |= take_if_better(tried);
      }
    }
    if (!helped) step /= 2;
  }
}

}  // namespace

std::vector<PlacedPlan> best_placements(const std::vector<Site>& sites, const PlacementJob& job,
                                        PlacementGoal goal, double deadline_s) {
  std::vector<PlacedPlan> plans;
  if (sites.size() > kMostSites) return plans;
  for (std::size_t patterns = 0; patterns < sites.size(); ++patterns) {
    for (const bool is_packed : {false, true}) {
      for (const bool windows_only : {false, true}) {
        append_placements(
            sites, job,
            {.patterns = patterns, .is_packed = is_packed, .windows_only = windows_only}, plans);
      }
    }
  }
  const Order order(goal, deadline_s);
  const auto by_goal = [&](const PlacedPlan& a, const PlacedPlan& b) {
    return order.is_better(a.estimate, b.estimate);
  };
  std::ranges::stable_sort(plans, by_goal);
  constexpr std::size_t kRefined = 16;
  for (std::size_t i = 0; i < std::min(kRefined, plans.size()); ++i) {
    refine(sites, job, order, plans[i]);
  }
  std::ranges::stable_sort(plans, by_goal);
  return plans;
}

}  // namespace ionloom::sites
