#include "sites/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sites/site_costs.h"
#include "sites/water_filling.h"

namespace ionloom::sites {
namespace {

using plan::Stage;

/// Calls at the source beside its share of tasks: the check of all sites, the question where to run
/// what, and three steps of planning, the last of which ranks and makes images. Where another site
/// does that, the source gives it the header in a call instead.
constexpr double kSourceCalls = 5;
/// All but the check read the dataset's header.
constexpr double kReadings = 4;
/// Of a run that has ingested: the question where to go on, and the last two steps.
constexpr double kCallsLeft = 3;
/// A step of planning uses so many cores.
constexpr std::uint32_t kStepCores = 2;
/// Tasks of a stage are begun in calls of a half, a quarter ... of what is left, down to those of
/// ten times what a call takes; there are tasks for so many more than one.
constexpr double kWorthACall = 10;
constexpr double kMoreIngestCalls = 1;
constexpr double kMoreAnnotateCalls = 2;

bool adds_up(const std::vector<double>& shares, std::size_t sites) {
  const bool in_range =
      std::ranges::all_of(shares, [](double share) { return share >= 0 && share <= 1 + 1e-9; });
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  return shares.size() == sites && in_range && std::abs(sum - 1) < 1e-9;
}

/// What a stage comes to at a site: before it can begin, for all of it, and how much of that keeps
/// cores busy.
struct SiteWork {
  Filling filling{};
  double busy_s = 0;
  double call_s = 0;      ///< of each call after the first
  double more_calls = 0;  ///< at most
};

/// Patterns where they are made; they come before ingest there.
std::optional<double> patterns_s(const SiteCosts& costs, std::size_t site) {
  const auto seconds = costs.stage_s(Stage::kPatterns, site);
  return costs.fits(Stage::kPatterns, site) ? seconds : std::nullopt;
}

/// Ingest at a site: the raw data's way there, reading and sorting, packing.
std::optional<SiteWork> ingest_work(const SiteCosts& costs, const PlacementJob& job,
                                    const Placement& placement, std::size_t site) {
  const auto ingest_s = costs.stage_s(Stage::kIngest, site);
  if (!ingest_s || !costs.fits(Stage::kIngest, site)) return std::nullopt;
  const double more_s = costs.more_s(job.ingest_more_s, site);
  SiteWork work{.busy_s = *ingest_s + more_s + (placement.is_packed ? costs.pack_s(site) : 0),
                .call_s = costs.call_s(site),
                .more_calls = kMoreIngestCalls};
  work.filling = {.before_s = work.call_s, .whole_s = work.busy_s};
  if (site == placement.patterns) {
    const auto seconds = patterns_s(costs, site);
    if (!seconds) return std::nullopt;
    work.filling.before_s += *seconds + work.call_s;
  }
  if (site != job.source) {
    // The source puts the raw data where others can read them.
    work.filling.before_s += costs.call_s(job.source) + costs.latency_s(job.source, site);
    work.filling.whole_s += costs.send_s(job.raw_bytes, job.source, site);
  }
  return work;
}

std::optional<SiteWork> annotate_work(const SiteCosts& costs, const PlacementJob& job,
                                      const Placement& placement, std::size_t site) {
  const auto annotate_s = costs.stage_s(Stage::kAnnotate, site);
  if (!annotate_s || !costs.fits(Stage::kAnnotate, site)) return std::nullopt;
  SiteWork work{.busy_s = *annotate_s + costs.more_s(job.annotate_more_s, site),
                .call_s = costs.call_s(site),
                .more_calls = kMoreAnnotateCalls};
  work.filling = {.before_s = work.call_s, .whole_s = work.busy_s};
  const double run_bytes = costs.sent_run_bytes(placement);
  double latency_s = site == job.source ? 0 : costs.latency_s(job.source, site);
  for (std::size_t from = 0; from < placement.ingest.size(); ++from) {
    if (from == site || placement.ingest[from] == 0) continue;
    work.filling.whole_s += costs.send_s(placement.ingest[from] * run_bytes, from, site);
    latency_s = std::max(latency_s, costs.latency_s(from, site));
  }
  work.filling.before_s += latency_s;
  work.filling.whole_s += costs.send_s(job.ion_table_bytes, job.source, site) +
                          costs.send_s(job.metrics_bytes, site, placement.rank);
  return work;
}

/// Whether peaks would go where they must not.
bool breaks_residency(const PlacementJob& job, const Placement& placement) {
  return job.keep_raw && (placement.ingest[job.source] < 1 || placement.annotate[job.source] < 1 ||
                          placement.rank != job.source);
}

/// Bytes from each site to each other.
void count_bytes(const SiteCosts& costs, const PlacementJob& job, const Placement& placement,
                 PlacementEstimate& estimate) {
  const std::size_t count = placement.ingest.size();
  estimate.sent_bytes.assign(count, std::vector<double>(count));
  auto& sent = estimate.sent_bytes;
  const double run_bytes = costs.sent_run_bytes(placement);
  for (std::size_t to = 0; to < count; ++to) {
    if (job.ingested.empty()) sent[job.source][to] += placement.ingest[to] * job.raw_bytes;
    sent[to][placement.rank] += placement.ingest[to] * job.run_bytes * job.image_share;
    for (std::size_t from = 0; from < count; ++from) {
      sent[from][to] += placement.ingest[from] * placement.annotate[to] * run_bytes;
    }
    sent[job.source][to] += placement.annotate[to] * job.ion_table_bytes;
    sent[to][placement.rank] += placement.annotate[to] * job.metrics_bytes;
  }
  if (job.ingested.empty()) sent[placement.patterns][job.source] += job.ion_table_bytes;
  if (placement.rank != job.source) {
    sent[job.source][placement.rank] += job.header_bytes;
    sent[placement.patterns][placement.rank] += job.ion_table_bytes;
  }
  sent[placement.rank][job.results] += job.result_bytes;
  for (std::size_t site = 0; site < count; ++site) {
    sent[site][site] = 0;
    for (const double bytes : sent[site]) estimate.link_bytes += bytes;
  }
}

void count_costs(const std::vector<Site>& sites, const PlacementJob& job,
                 const Placement& placement, PlacementEstimate& estimate) {
  for (std::size_t site = 0; site < sites.size(); ++site) {
    double bytes = 0;
    for (std::size_t other = 0; other < sites.size(); ++other) {
      bytes += estimate.sent_bytes[site][other] + estimate.sent_bytes[other][site];
      estimate.cost_usd += sites[site].price_byte_usd * estimate.sent_bytes[site][other];
    }
    const DeviceRecord& device = sites[site].device;
    estimate.energy_j += bytes * device.link_j_byte +
                         estimate.busy_s[site] * std::max(device.active_w - device.idle_w, 0.0);
    const bool works = placement.ingest[site] > 0 || placement.annotate[site] > 0 ||
                       placement.patterns == site || placement.rank == site || job.source == site;
    if (!works) continue;
    estimate.energy_j += estimate.time_s * device.idle_w;
    estimate.cost_usd += estimate.time_s * sites[site].price_s_usd;
  }
}

/// What the calls after the first take of a stage that keeps a site busy so long.
double more_calls_s(const SiteWork& work, double busy_s) {
  if (!(work.call_s > 0) || !(busy_s > 0)) return 0;
  const double more = std::log2(busy_s / (kWorthACall * work.call_s));
  return work.call_s * std::clamp(more, 0.0, work.more_calls);
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
    const double work_s = shares[site] * work->filling.whole_s;
    end = std::max(end, work->filling.before_s + work_s + more_calls_s(*work, work_s));
    busy_s[site] += shares[site] * work->busy_s;
  }
  return end;
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

/// A step of planning: reading the header, and what is missing.
std::optional<double> step_s(const SiteCosts& costs, const PlacementJob& job, std::size_t site) {
  const auto index_s = costs.core_s(Stage::kIndex, site);
  if (!index_s) return std::nullopt;
  return *index_s + costs.host_s(job.step_s, site);
}

/// What is done at the source before and between the stages, in an estimate.
bool add_steps(const SiteCosts& costs, const std::vector<Site>& sites, const PlacementJob& job,
               const Placement& placement, PlacementEstimate& estimate) {
  const auto own_step_s = step_s(costs, job, job.source);
  const auto ions_s = costs.core_s(Stage::kIons, job.source);
  if (!own_step_s || !ions_s) return false;
  double start_up_s = 0;  // every site is asked first whether it is there
  for (const Site& site : sites) start_up_s = std::max(start_up_s, site.start_up_s);
  const bool has_ingested = !job.ingested.empty();
  const double readings =
      (has_ingested ? kCallsLeft : kReadings) - 1;  // the last belongs to ranking
  const double calls = has_ingested ? kCallsLeft : kSourceCalls;
  if (has_ingested) start_up_s = 0;
  const double working_s = readings * *own_step_s + (has_ingested ? 0 : *ions_s);
  estimate.steps_s = start_up_s + calls * costs.call_s(job.source) + working_s +
                     costs.send_s(job.ion_table_bytes, placement.patterns, job.source);
  estimate.busy_s[job.source] += working_s / sites[job.source].device.cores;
  return true;
}

/// Ranks, images, and their way to where they are wanted, in an estimate.
bool add_ranking(const SiteCosts& costs, const std::vector<Site>& sites, const PlacementJob& job,
                 const Placement& placement, PlacementEstimate& estimate) {
  const std::size_t at = placement.rank;
  const auto last_step_s = step_s(costs, job, at);
  const auto rank_s = costs.core_s(Stage::kRank, at);
  const auto images_s = costs.core_s(Stage::kImages, at);
  if (!last_step_s || !rank_s || !images_s) return false;
  const bool is_away = at != job.source;
  // The source does it where nobody has the memory, as well as it can.
  if (is_away && !(costs.fits(Stage::kRank, at) && costs.fits(Stage::kImages, at))) return false;
  estimate.steps_s += *last_step_s;
  if (is_away) {
    estimate.steps_s += costs.call_s(at) + costs.latency_s(job.source, at) +
                        costs.send_s(job.header_bytes, job.source, at) +
                        costs.send_s(job.ion_table_bytes, placement.patterns, at);
  }
  const double making_s = *images_s + costs.host_s(job.images_more_s, at);
  estimate.rank_s = *rank_s;
  estimate.images_s = making_s / std::min(kStepCores, sites[at].device.cores);
  for (std::size_t from = 0; from < sites.size(); ++from) {
    estimate.images_s +=
        costs.send_s(placement.ingest[from] * job.run_bytes * job.image_share, from, at);
  }
  if (at != job.results) {
    estimate.images_s += costs.call_s(job.results) + costs.latency_s(at, job.results) +
                         costs.send_s(job.result_bytes, at, job.results);
  }
  estimate.busy_s[at] += (*last_step_s + *rank_s + making_s) / sites[at].device.cores;
  return true;
}

/// Until peaks are in order and patterns are known.
std::optional<double> ingest_end_s(const SiteCosts& costs, const PlacementJob& job,
                                   const Placement& placement, PlacementEstimate& estimate) {
  const auto own_patterns_s = patterns_s(costs, placement.patterns);
  if (!own_patterns_s) return std::nullopt;
  estimate.busy_s[placement.patterns] += *own_patterns_s;
  const auto end_s = stage_end_s(
      placement.ingest, [&](std::size_t site) { return ingest_work(costs, job, placement, site); },
      estimate.busy_s);
  if (!end_s) return std::nullopt;
  return std::max(*end_s, costs.call_s(placement.patterns) + *own_patterns_s);
}

}  // namespace

void slow_down(Site& site, double times) {
  for (auto& kappa : site.device.kappas) {
    if (kappa) *kappa *= times;
  }
  if (site.host_kappa) *site.host_kappa *= times;
}

std::optional<PlacementEstimate> estimate_placement(const std::vector<Site>& sites,
                                                    const PlacementJob& job,
                                                    const Placement& placement) {
  if (!adds_up(placement.ingest, sites.size()) || !adds_up(placement.annotate, sites.size()) ||
      breaks_residency(job, placement) ||
      (placement.windows_only && job.window_share >= kMostWindowShare)) {
    return std::nullopt;
  }
  const SiteCosts costs(sites, job);
  PlacementEstimate estimate;
  estimate.busy_s.resize(sites.size());
  const auto ingest_s = job.ingested.empty() ? ingest_end_s(costs, job, placement, estimate)
                                             : std::optional<double>(0);
  const auto annotate_s = stage_end_s(
      placement.annotate,
      [&](std::size_t site) { return annotate_work(costs, job, placement, site); },
      estimate.busy_s);
  if (!ingest_s || !annotate_s || !add_steps(costs, sites, job, placement, estimate) ||
      !add_ranking(costs, sites, job, placement, estimate)) {
    return std::nullopt;
  }
  estimate.ingest_s = *ingest_s;
  estimate.annotate_s = *annotate_s;
  estimate.time_s = estimate.steps_s + estimate.ingest_s + estimate.annotate_s + estimate.rank_s +
                    estimate.images_s;
  count_bytes(costs, job, placement, estimate);
  count_costs(sites, job, placement, estimate);
  return estimate;
}

std::vector<double> ingest_shares(const std::vector<Site>& sites, const PlacementJob& job,
                                  const Placement& placement, std::uint32_t set) {
  const SiteCosts costs(sites, job);
  return shares_of(sites.size(), set,
                   [&](std::size_t site) { return ingest_work(costs, job, placement, site); });
}

std::vector<double> annotate_shares(const std::vector<Site>& sites, const PlacementJob& job,
                                    const Placement& placement, std::uint32_t set) {
  const SiteCosts costs(sites, job);
  return shares_of(sites.size(), set,
                   [&](std::size_t site) { return annotate_work(costs, job, placement, site); });
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

}  // namespace ionloom::sites
