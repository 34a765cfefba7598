#include "sites/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "sites/baseline_placements.h"
#include "sites/best_placements.h"
#include "sites/support/random_sites.h"

namespace ionloom::sites {
namespace {

using plan::Stage;

Kappas even_kappas(double kappa) {
  Kappas kappas;
  for (auto& stage : kappas) stage = kappa;
  return kappas;
}

Site site(double kappa, std::uint32_t cores, double bytes_s) {
  Site made;
  made.device.kappas = even_kappas(kappa);
  made.device.cores = cores;
  made.device.memory_bytes = 1'000'000'000;
  made.device.link.up_bytes_s.add(bytes_s);
  made.device.link.down_bytes_s.add(bytes_s);
  made.device.link.latency_s.add(0.01);
  return made;
}

/// Ingest 8 s, annotate 16 s on one core of the reference machine; all else next to nothing.
PlacementJob job() {
  PlacementJob made{.raw_bytes = 1.4e9,
                    .run_bytes = 1.6e9,
                    .packed_share = 0.5,
                    .window_share = 0.8,
                    .ion_table_bytes = 1e6,
                    .result_bytes = 1e6};
  made.predict = [](Stage stage) -> plan::Prediction {
    if (stage == Stage::kIngest) return {.seconds = 8};
    if (stage == Stage::kAnnotate) return {.seconds = 16};
    return {.seconds = 0.001};
  };
  made.least_memory = [](Stage) { return std::uint64_t{500'000'000}; };
  return made;
}

TEST(Placement, what_it_comes_to_is_the_sum_by_hand) {
  // An edge of 2 cores, twice as slow; a cloud of 8; 100 MB/s; packing at 0.5 GB/s a core.
  const std::vector<Site> sites = {site(2, 2, 1e8), site(1, 8, 1e8)};
  PlacementJob problem = job();
  problem.results = 1;
  const auto estimate = estimate_placement(
      sites, problem, {.ingest = {1, 0}, .patterns = 1, .annotate = {0, 1}, .is_packed = true});
  ASSERT_TRUE(estimate);
  const double pack_s = 2 * 1.6e9 / 5e8 / 2;
  EXPECT_NEAR(estimate->ingest_s, 8 + pack_s, 1e-9);
  // Packed runs and the ion table cross the link before 16 s of work on 8 cores.
  EXPECT_NEAR(estimate->annotate_s, 0.02 + 0.8e9 / 1e8 + 1e6 / 1e8 + 2, 1e-9);
  // At the source, of 2 ms each: the header four times, ions; patterns come over the link.
  EXPECT_NEAR(estimate->steps_s, 5 * 0.002 + 1e6 / 1e8, 1e-9);
  EXPECT_NEAR(estimate->rank_s, 0.002, 1e-9);
  // Images on two cores, and the way of the results.
  EXPECT_NEAR(estimate->images_s, 0.001 + 0.02 + 1e6 / 1e8, 1e-9);
  EXPECT_NEAR(estimate->sent_bytes[0][1], 0.8e9 + 1e6 + 1e6, 1);
  EXPECT_NEAR(estimate->sent_bytes[1][0], 1e6, 1);
  EXPECT_NEAR(estimate->link_bytes, 0.8e9 + 3e6, 1);
}

TEST(Placement, starts_and_calls_are_part_of_the_time) {
  std::vector<Site> sites = {site(1, 1, 1e9), site(1, 1, 1e9)};
  const Placement placement = all_at(2, 0);
  const auto without = estimate_placement(sites, job(), placement);
  sites[0].call_s = 0.5;
  sites[1].start_up_s = 7;  // all sites are asked whether they are there
  const auto with = estimate_placement(sites, job(), placement);
  ASSERT_TRUE(without && with);
  EXPECT_NEAR(with->steps_s, without->steps_s + 7 + 5 * 0.5, 1e-9);
  // Patterns and ingest; of 8 s there is one call more (8 / 5 is between 1 and 2 halvings).
  EXPECT_NEAR(with->ingest_s, without->ingest_s + 2 * 0.5 + 0.5 * std::log2(8 / 5.0), 1e-9);
  EXPECT_NEAR(with->annotate_s, without->annotate_s + 0.5 + 0.5 * std::log2(16 / 5.0), 1e-9);
}

TEST(Placement, images_that_are_made_at_the_source_need_peaks_that_come_back) {
  PlacementJob problem = job();
  problem.image_share = 0.25;
  Placement placement = all_at(2, 1);
  placement.rank = 0;
  const auto estimate = estimate_placement({site(1, 2, 1e8), site(1, 2, 1e8)}, problem, placement);
  ASSERT_TRUE(estimate);
  EXPECT_NEAR(estimate->images_s, 0.001 / 2 + 0.25 * 1.6e9 / 1e8, 1e-9);
  EXPECT_NEAR(estimate->sent_bytes[1][0], 1e6 + 0.25 * 1.6e9, 1);
}

TEST(Placement, ranks_and_images_elsewhere_need_the_header_there_and_results_their_way_back) {
  PlacementJob problem = job();
  problem.image_share = 0.25;
  problem.header_bytes = 2e7;
  problem.metrics_bytes = 4e6;
  std::vector<Site> sites = {site(1, 2, 1e8), site(3, 2, 1e8)};
  for (Site& one : sites) one.call_s = 0.5;
  const Placement edge = all_at(2, 0);
  Placement away = edge;
  away.rank = 1;
  const auto at_source = estimate_placement(sites, problem, edge);
  const auto elsewhere = estimate_placement(sites, problem, away);
  ASSERT_TRUE(at_source && elsewhere);
  // The last reading of the header is three times as slow there, and so is the call that does it.
  EXPECT_NEAR(elsewhere->steps_s - at_source->steps_s,
              2 * 0.001 + 3 * 0.5 + 0.02 + (2e7 + 1e6) / 1e8, 1e-9);
  // Metrics; of a longer stage there is a part of a call more.
  EXPECT_NEAR(elsewhere->annotate_s - at_source->annotate_s, 4e6 / 1e8, 0.01);
  EXPECT_NEAR(elsewhere->rank_s, 3 * 0.001, 1e-9);
  // Three times as slow; blocks of peaks, and of the results the call that takes them in.
  EXPECT_NEAR(elsewhere->images_s,
              3 * 0.001 / 2 + 0.25 * 1.6e9 / 1e8 + 0.5 + 0.02 + problem.result_bytes / 1e8, 1e-9);
  EXPECT_NEAR(elsewhere->sent_bytes[0][1], 2e7 + 1e6 + 4e6 + 0.25 * 1.6e9, 1);
  EXPECT_NEAR(elsewhere->sent_bytes[1][0], problem.result_bytes, 1);
}

TEST(Placement, images_are_made_where_they_are_wanted_when_the_work_is_there) {
  PlacementJob problem = job();
  problem.image_share = 0.25;
  problem.results = 1;
  const std::vector<Site> sites = {site(50, 1, 1e9), site(1, 16, 1e9)};
  EXPECT_EQ(best_placements(sites, problem, PlacementGoal::kTime).front().placement.rank, 1);
  problem.keep_raw = true;
  for (const PlacedPlan& plan : best_placements(sites, problem, PlacementGoal::kTime)) {
    EXPECT_EQ(plan.placement.rank, 0);
  }
  EXPECT_FALSE(estimate_placement(
      sites, problem, {.ingest = {1, 0}, .patterns = 0, .annotate = {1, 0}, .rank = 1}));
}

TEST(Placement, of_a_run_that_has_ingested_only_annotate_is_placed) {
  PlacementJob problem = job();
  problem.ingested = {0.75, 0.25};
  problem.ingested_packed = true;
  const std::vector<Site> sites = {site(4, 2, 1e9), site(1, 8, 1e9)};
  const auto plans = best_placements(sites, problem, PlacementGoal::kTime);
  ASSERT_FALSE(plans.empty());
  for (const PlacedPlan& plan : plans) {
    EXPECT_EQ(plan.placement.ingest, problem.ingested);
    EXPECT_TRUE(plan.placement.is_packed);
    EXPECT_EQ(plan.estimate.ingest_s, 0);
  }
  EXPECT_GT(plans.front().placement.annotate[1], 0.8);
}

TEST(Placement, a_slow_link_keeps_the_work_at_the_edge_and_a_fast_one_takes_it_away) {
  const PlacementJob problem = job();
  const auto slow =
      best_placements({site(4, 4, 1e5), site(1, 16, 1e5)}, problem, PlacementGoal::kTime);
  ASSERT_FALSE(slow.empty());
  EXPECT_GT(slow.front().placement.annotate[0], 0.9);
  const auto fast =
      best_placements({site(4, 4, 1e10), site(1, 16, 1e10)}, problem, PlacementGoal::kTime);
  EXPECT_GT(fast.front().placement.annotate[1], 0.8);
}

TEST(Placement, raw_data_that_must_stay_stays_whatever_it_costs) {
  PlacementJob problem = job();
  problem.keep_raw = true;
  const auto plans =
      best_placements({site(50, 1, 1e10), site(1, 64, 1e10)}, problem, PlacementGoal::kTime);
  ASSERT_FALSE(plans.empty());
  for (const PlacedPlan& plan : plans) {
    EXPECT_EQ(plan.placement.ingest[0], 1);
    EXPECT_EQ(plan.placement.annotate[0], 1);
    EXPECT_LE(plan.estimate.sent_bytes[0][1], problem.ion_table_bytes + problem.result_bytes);
  }
}

TEST(Placement, nothing_is_placed_where_memory_is_too_small) {
  std::vector<Site> sites = {site(1, 4, 1e9), site(1, 4, 1e9)};
  sites[0].device.memory_bytes = 400'000'000;
  for (const PlacedPlan& plan : best_placements(sites, job(), PlacementGoal::kTime)) {
    EXPECT_EQ(plan.placement.ingest[0], 0);
    EXPECT_EQ(plan.placement.annotate[0], 0);
  }
  sites[1].device.memory_bytes = 400'000'000;
  EXPECT_TRUE(best_placements(sites, job(), PlacementGoal::kTime).empty());
}

TEST(Placement, a_stage_that_nobody_measured_is_not_placed) {
  std::vector<Site> sites = {site(1, 4, 1e9)};
  sites[0].device.kappas[static_cast<std::size_t>(Stage::kAnnotate)].reset();
  EXPECT_TRUE(best_placements(sites, job(), PlacementGoal::kTime).empty());
}

TEST(Placement, each_goal_gets_the_least_of_what_it_counts) {
  std::vector<Site> sites = {site(3, 4, 2e7), site(1, 16, 2e7)};
  sites[0].device.idle_w = 3;
  sites[0].device.active_w = 8;
  sites[1].device.idle_w = 80;
  sites[1].device.active_w = 300;
  sites[1].price_s_usd = 0.001;
  const PlacementJob problem = job();
  for (const PlacementGoal goal : {PlacementGoal::kTime, PlacementGoal::kCost,
                                   PlacementGoal::kEnergy, PlacementGoal::kBytes}) {
    const auto plans = best_placements(sites, problem, goal);
    // Of those that are nearly as good the first is the best in the mean.
    constexpr double kNearly = 1.05;
    for (const PlacedPlan& plan : plans) {
      EXPECT_LE(value_of(plans.front().estimate, goal), kNearly * value_of(plan.estimate, goal));
    }
    for (std::size_t at = 0; at < 2; ++at) {
      const auto one = estimate_placement(sites, problem, all_at(2, at));
      EXPECT_LE(value_of(plans.front().estimate, goal), kNearly * value_of(*one, goal));
    }
  }
  EXPECT_EQ(best_placements(sites, problem, PlacementGoal::kBytes).front().estimate.link_bytes, 0);
}

TEST(Placement, a_deadline_comes_before_the_goal) {
  std::vector<Site> sites = {site(10, 1, 1e9), site(1, 16, 1e9)};
  sites[1].price_s_usd = 0.001;
  const auto cheap = best_placements(sites, job(), PlacementGoal::kCost);
  EXPECT_EQ(cheap.front().estimate.cost_usd, 0);
  const auto soon = best_placements(sites, job(), PlacementGoal::kCost, 20);
  EXPECT_LE(soon.front().estimate.time_s, 20);
  EXPECT_GT(soon.front().estimate.cost_usd, 0);
  // Where none keeps it, the fastest comes first.
  const auto late = best_placements(sites, job(), PlacementGoal::kCost, 1e-3);
  const auto fast = best_placements(sites, job(), PlacementGoal::kTime);
  EXPECT_NEAR(late.front().estimate.time_s, fast.front().estimate.time_s,
              0.01 * fast.front().estimate.time_s);
}

TEST(Placement, only_targeted_lists_send_their_windows_alone) {
  PlacementJob problem = job();
  problem.window_share = 0.1;
  problem.results = 1;
  const std::vector<Site> sites = {site(8, 2, 5e7), site(1, 16, 5e7)};
  const auto targeted = best_placements(sites, problem, PlacementGoal::kTime);
  EXPECT_TRUE(targeted.front().placement.windows_only);
  problem.window_share = 0.6;
  for (const PlacedPlan& plan : best_placements(sites, problem, PlacementGoal::kTime)) {
    EXPECT_FALSE(plan.placement.windows_only);
  }
}

double quantile(std::vector<double> values, double probability) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(probability * static_cast<double>(values.size() - 1))];
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The true time of a placement over the best possible, less 1.
double regret(const RandomSites& truth, const Placement& placement, double best_s) {
  const auto estimate = estimate_placement(truth.sites, truth.job, placement);
  return estimate ? estimate->time_s / best_s - 1 : 1e9;
}

TEST(Placement, chosen_with_errors_in_200_environments_is_near_the_best_of_all) {
  std::vector<double> ours;
  std::vector<double> edge;
  std::vector<double> cloud;
  std::vector<double> heft;
  std::vector<double> greedy;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const RandomSites known = random_sites(seed);
    const RandomSites truth = truth_of(known, 1000 + seed, 0.08, 0.1);
    const auto plans = best_placements(known.sites, known.job, PlacementGoal::kTime);
    ASSERT_FALSE(plans.empty());
    const auto with_truth = best_placements(truth.sites, truth.job, PlacementGoal::kTime);
    const double best_s = std::min(exhaustive_best_s(truth), with_truth.front().estimate.time_s);
    ours.push_back(regret(truth, plans.front().placement, best_s));
    edge.push_back(regret(truth, all_at(2, 0), best_s));
    cloud.push_back(regret(truth, all_at(2, 1), best_s));
    heft.push_back(regret(truth, heft_placement(known.sites, known.job).value(), best_s));
    greedy.push_back(regret(truth, greedy_placement(known.sites, known.job).value(), best_s));
    const double least = std::min({edge.back(), cloud.back(), heft.back(), greedy.back()});
    EXPECT_LE(1 + ours.back(), 1.15 * (1 + least)) << "seed " << seed;
    // With the truth known, nothing of the grid is better.
    EXPECT_LE(with_truth.front().estimate.time_s, exhaustive_best_s(truth) * 1.01) << seed;
  }
  RecordProperty("regret_median", std::to_string(quantile(ours, 0.5)));
  RecordProperty("regret_p95", std::to_string(quantile(ours, 0.95)));
  EXPECT_LE(quantile(ours, 0.5), 0.05);
  EXPECT_LE(quantile(ours, 0.95), 0.15);
  for (const auto& other : {edge, cloud, heft, greedy}) EXPECT_LT(mean(ours), mean(other));
}

}  // namespace
}  // namespace ionloom::sites
