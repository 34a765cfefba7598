#include "sites/best_placements.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "sites/expected_value.h"

namespace ionloom::sites {
namespace {

/// Every set of sites, a bit a site, with the empty one.
std::uint32_t sets_of(std::size_t sites) {
  return 1U << sites;
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
  const bool is_over = !job.ingested.empty();
  for (std::uint32_t ingest = 1; ingest < (is_over ? 2 : sets_of(sites.size())); ++ingest) {
    placement.ingest = is_over ? job.ingested : ingest_shares(sites, job, placement, ingest);
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
    const bool a_late = is_late(a);
    const bool b_late = is_late(b);
    if (a_late != b_late) return b_late;
    const double a_value = a_late ? a.time_s : value_of(a, goal_);
    const double b_value = b_late ? b.time_s : value_of(b, goal_);
    return a_value != b_value ? a_value < b_value : a.time_s < b.time_s;
  }

  [[nodiscard]] bool is_late(const PlacementEstimate& estimate) const {
    return estimate.time_s > deadline_s_;
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
        if (job.ingested.empty() && shift(tried.ingest, from, to, step)) {
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

/// Puts before the others, of those that are nearly as good as the first, what is best in the mean
/// over sites as they may be: what is known of them is not quite true.
void prefer_robust(const std::vector<Site>& sites, const PlacementJob& job, PlacementGoal goal,
                   const Order& order, std::vector<PlacedPlan>& plans) {
  constexpr double kNearly = 1.05;
  constexpr std::size_t kMost = 64;
  if (plans.empty()) return;
  const double worst = kNearly * value_of(plans.front().estimate, goal);
  const auto possible = possible_sites(sites);
  std::vector<std::pair<double, PlacedPlan>> near;
  for (PlacedPlan& plan : plans) {
    if (near.size() == kMost || value_of(plan.estimate, goal) > worst ||
        order.is_late(plan.estimate)) {
      break;
    }
    const double expected = expected_value(possible, job, plan.placement, goal);
    near.emplace_back(expected, std::move(plan));
  }
  std::ranges::stable_sort(near, {}, &std::pair<double, PlacedPlan>::first);
  for (std::size_t i = 0; i < near.size(); ++i) plans[i] = std::move(near[i].second);
}

}  // namespace

std::vector<PlacedPlan> best_placements(const std::vector<Site>& sites, const PlacementJob& job,
                                        PlacementGoal goal, double deadline_s) {
  std::vector<PlacedPlan> plans;
  if (sites.size() > kMostSites) return plans;
  const bool is_over = !job.ingested.empty();
  for (std::size_t code = 0; code < sites.size() * sites.size(); ++code) {
    const std::size_t patterns = code / sites.size();
    const std::size_t rank = code % sites.size();
    if (is_over && patterns != job.source) continue;  // they are made; no matter where
    if (job.keep_raw && rank != job.source) continue;
    for (const bool is_packed : {false, true}) {
      if (is_over && is_packed != job.ingested_packed) continue;
      for (const bool windows_only : {false, true}) {
        if (windows_only && job.window_share >= kMostWindowShare) continue;
        append_placements(sites, job,
                          {.patterns = patterns,
                           .rank = rank,
                           .is_packed = is_packed,
                           .windows_only = windows_only},
                          plans);
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
  prefer_robust(sites, job, goal, order, plans);
  return plans;
}

}  // namespace ionloom::sites
