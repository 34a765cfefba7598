#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/edge/environments.h"
#include "sites/baseline_placements.h"
#include "sites/best_placements.h"

namespace ionloom::bench {
namespace {

using Json = nlohmann::json;
using sites::Placement;

constexpr int kSteps = 10;  // of a share, where all are tried

/// All ways to divide kSteps among sites.
void divisions(std::size_t sites, int left, std::vector<double>& shares,
               std::vector<std::vector<double>>& all) {
  if (shares.size() + 1 == sites) {
    shares.push_back(static_cast<double>(left) / kSteps);
    all.push_back(shares);
    shares.pop_back();
    return;
  }
  for (int part = 0; part <= left; ++part) {
    shares.push_back(static_cast<double>(part) / kSteps);
    divisions(sites, left - part, shares, all);
    shares.pop_back();
  }
}

/// The least time of all placements with shares in tenths, each tried with what is true.
double exhaustive_best_s(const Environment& environment) {
  std::vector<std::vector<double>> shares;
  std::vector<double> begun;
  const std::size_t number = environment.truth.size();
  divisions(number, kSteps, begun, shares);
  double best = 1e300;
  for (const std::vector<double>& ingest : shares) {
    for (const std::vector<double>& annotate : shares) {
      for (std::size_t code = 0; code < 4 * number * number; ++code) {
        const auto estimate = sites::estimate_placement(environment.truth, environment.true_job,
                                                        {.ingest = ingest,
                                                         .patterns = code / 4 / number,
                                                         .annotate = annotate,
                                                         .rank = code / 4 % number,
                                                         .is_packed = (code & 1) != 0,
                                                         .windows_only = (code & 2) != 0});
        if (estimate) best = std::min(best, estimate->time_s);
      }
    }
  }
  return best;
}

double quantile(std::vector<double> values, double probability) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(probability * static_cast<double>(values.size() - 1))];
}

Json summary(const std::vector<double>& values) {
  return {{"median", quantile(values, 0.5)},
          {"p95", quantile(values, 0.95)},
          {"mean",
           std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size())},
          {"most", quantile(values, 1)}};
}

/// What a device's stages truly took, as multiples of the reference's: the geometric mean of the
/// jobs in which they were long enough to tell.
sites::Kappas usual_kappas(const EdgeMeasurements& measured, const std::string& device) {
  constexpr double kLongEnough_s = 0.01;
  sites::Kappas kappas;
  for (std::size_t s = 0; s < kappas.size(); ++s) {
    double logs = 0;
    int jobs = 0;
    for (const MeasuredJob& job : measured.jobs) {
      const auto& there = job.took.at(device)[s];
      const auto& here = job.took.at(measured.devices.front().name)[s];
      if (!there || !here || *here < kLongEnough_s || !(*there > 0)) continue;
      logs += std::log(*there / *here);
      ++jobs;
    }
    if (jobs > 0) kappas[s] = std::exp(logs / jobs);
  }
  return kappas;
}

}  // namespace

Json placement_regret(const EdgeMeasurements& measured, std::uint64_t environments) {
  std::vector<double> ours;
  std::vector<double> edge;
  std::vector<double> cloud;
  std::vector<double> heft;
  std::vector<double> greedy;
  std::vector<double> over_best_rule;
  Json worst;
  for (std::uint64_t seed = 1; seed <= environments; ++seed) {
    const Environment drawn = draw_environment(measured, seed);
    const auto plans =
        sites::best_placements(drawn.known, drawn.known_job, sites::PlacementGoal::kTime);
    const auto with_truth =
        sites::best_placements(drawn.truth, drawn.true_job, sites::PlacementGoal::kTime);
    const double best_s = std::min(exhaustive_best_s(drawn), with_truth.front().estimate.time_s);
    const auto regret = [&](const Placement& placement) {
      const auto estimate = sites::estimate_placement(drawn.truth, drawn.true_job, placement);
      return estimate ? estimate->time_s / best_s - 1 : 1e9;
    };
    const std::size_t number = drawn.known.size();
    ours.push_back(regret(plans.front().placement));
    edge.push_back(regret(sites::all_at(number, 0)));
    cloud.push_back(regret(sites::all_at(number, number - 1)));
    heft.push_back(regret(sites::heft_placement(drawn.known, drawn.known_job).value()));
    greedy.push_back(regret(sites::greedy_placement(drawn.known, drawn.known_job).value()));
    const double least = std::min({edge.back(), cloud.back(), heft.back(), greedy.back()});
    over_best_rule.push_back((1 + ours.back()) / (1 + least) - 1);
    if (ours.back() == quantile(ours, 1)) {
      worst = {{"environment", drawn.text}, {"regret", ours.back()}, {"best_s", best_s}};
    }
  }
  return {{"environments", environments},
          {"ours", summary(ours)},
          {"edge", summary(edge)},
          {"cloud", summary(cloud)},
          {"heft", summary(heft)},
          {"greedy", summary(greedy)},
          {"worst", worst},
          {"over_best_rule", summary(over_best_rule)}};
}

Json leave_one_device_out(const EdgeMeasurements& measured) {
  Json lines = Json::array();
  for (std::size_t out = 1; out < measured.devices.size(); ++out) {
    const sites::Kappas& own = measured.devices[out].kappas;
    const sites::Kappas truth = usual_kappas(measured, measured.devices[out].name);
    for (std::size_t only = 0; only < own.size(); ++only) {
      if (plan::kStages[only] != plan::Stage::kAnnotate || !own[only]) continue;
      std::vector<sites::Kappas> known;
      std::vector<sites::Runtime> runtimes;
      for (const TestedDevice& device : measured.devices) {
        known.push_back(device.kappas);
        runtimes.push_back(device.runtime);
      }
      known[out] = {};
      known[out][only] = own[only];
      const sites::Kappas filled = sites::filled_kappas(known, runtimes)[out];
      for (std::size_t s = 0; s < own.size(); ++s) {
        if (s == only || !truth[s] || !filled[s]) continue;
        lines.push_back({{"device", measured.devices[out].name},
                         {"known", plan::stage_name(plan::kStages[only])},
                         {"stage", plan::stage_name(plan::kStages[s])},
                         {"filled", *filled[s]},
                         {"true", *truth[s]},
                         {"error", std::abs(*filled[s] / *truth[s] - 1)}});
      }
    }
  }
  return lines;
}

}  // namespace ionloom::bench
