#include "plan/storage_tier.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "plan/robust_fit.h"

namespace ionloom::plan {
namespace {

struct Observation {
  const Exchange* exchange;
  double active_tasks;
};

/// Seconds = latency x requests + bytes x max(1, active / knee) / bandwidth of a task.
RobustFit fit_with_knee(std::span<const Observation> observations, double knee) {
  Equations equations(2);
  for (const auto& [exchange, active_tasks] : observations) {
    equations.add(std::vector<double>{exchange->requests,
                                      exchange->bytes * std::max(1.0, active_tasks / knee)},
                  exchange->seconds);
  }
  return fit_relative(equations);
}

double positive_or_infinite(double inverse) {
  return inverse > 0 ? 1 / inverse : std::numeric_limits<double>::infinity();
}

}  // namespace

double exchange_s(const TierRates& rates, const ExchangeWork& work, double active_tasks) {
  const double active = std::max(active_tasks, 1.0);
  const double bandwidth = std::min(rates.task_bytes_s, rates.shared_bytes_s / active);
  const double own_s = work.requests * rates.latency_s + work.bytes / bandwidth;
  return std::max(own_s, work.requests * active / rates.shared_requests_s);
}

std::optional<TierRates> fit_tier_rates(std::string_view tier, bool reading,
                                        std::span<const Measurement> measurements) {
  std::vector<Observation> observations;
  std::set<double> knees = {std::numeric_limits<double>::infinity()};
  for (const Measurement& measurement : measurements) {
    const Exchange& exchange = reading ? measurement.read : measurement.write;
    const double active = measurement.active_tasks;
    if (exchange.tier != tier || !is_usable(exchange) || !std::isfinite(active) || active < 1) {
      continue;
    }
    observations.push_back({&exchange, active});
    knees.insert(active);
  }
  if (observations.empty()) return std::nullopt;

  std::optional<RobustFit> best;
  double best_knee = 0;
  for (const double knee : knees) {
    RobustFit fit = fit_with_knee(observations, knee);
    if (best && !(fit.spread_log < best->spread_log)) continue;
    best = std::move(fit);
    best_knee = knee;
  }
  TierRates rates;
  rates.latency_s = best->coefficients[0];
  rates.task_bytes_s = positive_or_infinite(best->coefficients[1]);
  if (std::isfinite(rates.task_bytes_s)) rates.shared_bytes_s = rates.task_bytes_s * best_knee;
  return rates;
}

}  // namespace ionloom::plan
