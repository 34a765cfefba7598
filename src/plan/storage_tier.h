#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>

#include "plan/measurement.h"

namespace ionloom::plan {

/// What one direction of a tier gives: reading, or writing.
struct TierRates {
  double latency_s = 0;  ///< of a request, before its first byte
  double task_bytes_s = std::numeric_limits<double>::infinity();       ///< to one task, at most
  double shared_bytes_s = std::numeric_limits<double>::infinity();     ///< to all tasks together
  double shared_requests_s = std::numeric_limits<double>::infinity();  ///< from all tasks together
};

/// Where objects lie between stages.
struct StorageTier {
  std::string name{};
  TierRates read{};
  TierRates write{};
  double price_read_usd = 0;   ///< a request
  double price_write_usd = 0;  ///< a request
};

/// What one task reads or writes.
struct ExchangeWork {
  double requests = 0;
  double bytes = 0;
};

/// Seconds that one of `active_tasks` tasks needs that read (write) as much at the same time:
/// requests follow each other, bandwidth and the rate of requests are shared.
[[nodiscard]] double exchange_s(const TierRates& rates, const ExchangeWork& work,
                                double active_tasks);

/// Learns latency and bandwidths of a tier from exchanges of tasks, with the same robustness as
/// fit_relative(). The number of tasks at which the shared bandwidth begins to count is chosen
/// among those measured. The rate of requests stays unlimited.
/// @param reading  learn from what was read, else from what was written
/// Absent when nothing usable was measured in the tier.
[[nodiscard]] std::optional<TierRates> fit_tier_rates(std::string_view tier, bool reading,
                                                      std::span<const Measurement> measurements);

}  // namespace ionloom::plan
