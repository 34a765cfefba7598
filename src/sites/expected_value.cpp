#include "sites/expected_value.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "plan/normal_quantile.h"
#include "plan/random_numbers.h"

namespace ionloom::sites {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kDraws = 24;
/// Standard deviations of logarithms (bench/results/edge.md).
constexpr double kKappaError = 0.12;
constexpr double kLinkError = 0.1;

double lognormal(plan::RandomNumbers& random, double spread_log) {
  constexpr double kTails = 0.001;  // beyond which nothing is drawn
  return std::exp(spread_log * plan::normal_quantile(kTails + (1 - 2 * kTails) * random.uniform()));
}

RecentValues scaled(const RecentValues& values, double factor) {
  RecentValues made;
  for (const double value : values.values()) made.add(value * factor);
  return made;
}

}  // namespace

std::vector<std::vector<Site>> possible_sites(const std::vector<Site>& known) {
  plan::RandomNumbers random(kSeed);
  std::vector<std::vector<Site>> possible(kDraws, known);
  for (std::vector<Site>& sites : possible) {
    for (Site& site : sites) {
      for (auto& kappa : site.device.kappas) {
        const double factor = lognormal(random, kKappaError);
        if (kappa) *kappa *= factor;
      }
      const double factor = lognormal(random, kLinkError);
      Uplink& link = site.device.link;
      link.up_bytes_s = scaled(link.up_bytes_s, factor);
      link.down_bytes_s = scaled(link.down_bytes_s, factor);
    }
  }
  return possible;
}

double expected_value(const std::vector<std::vector<Site>>& possible, const PlacementJob& job,
                      const Placement& placement, PlacementGoal goal) {
  double sum = 0;
  for (const std::vector<Site>& sites : possible) {
    const auto estimate = estimate_placement(sites, job, placement);
    if (!estimate) return std::numeric_limits<double>::infinity();
    sum += value_of(*estimate, goal);
  }
  return sum / static_cast<double>(possible.size());
}

}  // namespace ionloom::sites
