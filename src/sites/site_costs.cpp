#include "sites/site_costs.h"

#include <algorithm>
#include <cmath>

#include "plan/normal_quantile.h"

namespace ionloom::sites {
namespace {

using plan::Stage;

/// Of a link that nobody measured nothing is expected.
constexpr double kNothing_bytes_s = 1e-300;

double own_latency_s(const Site& site) {
  const RecentValues& seen = site.device.link.latency_s;
  return seen.empty() ? 0 : seen.quantile(0.5);
}

/// That three of four transfers reach.
double rate_bytes_s(const RecentValues& seen) {
  return seen.empty() ? kNothing_bytes_s : seen.quantile(kCountedOn);
}

}  // namespace

std::optional<double> SiteCosts::core_s(Stage stage, std::size_t site) const {
  const auto& kappa = sites_[site].device.kappas[static_cast<std::size_t>(stage)];
  if (!kappa) return std::nullopt;
  const plan::Prediction predicted = job_.predict(stage);
  return *kappa * predicted.seconds *
         std::exp(predicted.spread_log * plan::normal_quantile(job_.quantile));
}

std::optional<double> SiteCosts::stage_s(Stage stage, std::size_t site) const {
  const auto on_one = core_s(stage, site);
  if (!on_one) return std::nullopt;
  return *on_one / sites_[site].device.cores;
}

double SiteCosts::host_s(double reference_s, std::size_t site) const {
  const Site& at = sites_[site];
  const auto& index = at.device.kappas[static_cast<std::size_t>(Stage::kIndex)];
  return at.host_kappa.value_or(index.value_or(1)) * reference_s;
}

bool SiteCosts::fits(Stage stage, std::size_t site) const {
  return job_.least_memory(stage) <= sites_[site].device.memory_bytes;
}

double SiteCosts::latency_s(std::size_t from, std::size_t to) const {
  return own_latency_s(sites_[from]) + own_latency_s(sites_[to]);
}

double SiteCosts::send_s(double bytes, std::size_t from, std::size_t to) const {
  if (from == to || bytes == 0) return 0;
  return bytes / std::min(rate_bytes_s(sites_[from].device.link.up_bytes_s),
                          rate_bytes_s(sites_[to].device.link.down_bytes_s));
}

double SiteCosts::sent_run_bytes(const Placement& placement) const {
  return job_.run_bytes * (placement.is_packed ? job_.packed_share : 1) *
         (placement.windows_only ? job_.window_share : 1);
}

double SiteCosts::pack_s(std::size_t site) const {
  const DeviceRecord& device = sites_[site].device;
  const auto& kappa = device.kappas[static_cast<std::size_t>(Stage::kIngest)];
  return kappa.value_or(1) * job_.run_bytes / sites_[site].pack_bytes_s / device.cores;
}

}  // namespace ionloom::sites
