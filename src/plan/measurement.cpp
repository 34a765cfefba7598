#include "plan/measurement.h"

#include <algorithm>
#include <cmath>

namespace ionloom::plan {

bool is_plausible_duration(double seconds) {
  constexpr double kMonth_s = 31.0 * 24 * 3600;
  return std::isfinite(seconds) && seconds > 0 && seconds <= kMonth_s;
}

bool is_usable(const Measurement& measurement) {
  const auto count = [&](Count which) { return measurement.counts[which]; };
  return is_plausible_duration(measurement.compute_s) &&
         std::ranges::all_of(
             kCounts,
             [&](Count which) { return std::isfinite(count(which)) && count(which) >= 0; }) &&
         std::ranges::any_of(kCounts, [&](Count which) { return count(which) > 0; });
}

double calm_s(const Measurement& measurement, double usual) {
  return measurement.compute_s * measurement.pace.value_or(usual);
}

std::vector<const Measurement*> calmest(std::vector<const Measurement*> all, double usual) {
  constexpr double kNearly = 0.1;
  double best = 0;
  for (const Measurement* one : all) best = std::max(best, one->pace.value_or(usual));
  std::erase_if(all,
                [&](const Measurement* one) { return one->pace.value_or(usual) < best - kNearly; });
  return all;
}

const Measurement* same_work(std::span<const Measurement* const> others, const Measurement& one) {
  if (one.dataset.empty()) return nullptr;
  const auto found = std::ranges::find_if(others, [&](const Measurement* other) {
    return other->stage == one.stage && other->dataset == one.dataset &&
           other->counts == one.counts;
  });
  return found == others.end() ? nullptr : *found;
}

bool is_usable(const Exchange& exchange) {
  return is_plausible_duration(exchange.seconds) && std::isfinite(exchange.requests) &&
         exchange.requests >= 0 && std::isfinite(exchange.bytes) && exchange.bytes >= 0 &&
         exchange.requests + exchange.bytes > 0;
}

}  // namespace ionloom::plan
