#pragma once

#include <optional>
#include <vector>

#include "plan/stage.h"
#include "sites/placement.h"

namespace ionloom::sites {

/// Seconds and bytes of a job on sites, with nothing placed yet.
class SiteCosts {
 public:
  /// REQUIRES: both outlive this.
  SiteCosts(const std::vector<Site>& sites, const PlacementJob& job) : sites_(sites), job_(job) {}

  /// A whole stage on one core. Absent when it was never measured on any device.
  [[nodiscard]] std::optional<double> core_s(plan::Stage stage, std::size_t site) const;
  /// The same on all cores of the site.
  [[nodiscard]] std::optional<double> stage_s(plan::Stage stage, std::size_t site) const;
  /// The same of what all its cores do.
  [[nodiscard]] double more_s(double reference_s, std::size_t site) const {
    return host_s(reference_s, site) / sites_[site].device.cores;
  }
  /// Whether the site has the memory for a task of the stage.
  [[nodiscard]] bool fits(plan::Stage stage, std::size_t site) const;

  [[nodiscard]] double call_s(std::size_t site) const { return host_s(sites_[site].call_s, site); }
  /// What takes so long on one core of the reference and is no stage: starting programs, copying.
  /// Whatever way the stages run in, it is native, as reading the header is.
  [[nodiscard]] double host_s(double reference_s, std::size_t site) const;
  /// From one site to another and back.
  [[nodiscard]] double latency_s(std::size_t from, std::size_t to) const;
  /// That bytes take to another site, with nothing else on the way; none to the same.
  [[nodiscard]] double send_s(double bytes, std::size_t from, std::size_t to) const;

  /// All runs as they cross a link, bytes.
  [[nodiscard]] double sent_run_bytes(const Placement& placement) const;
  /// That packing all runs takes.
  [[nodiscard]] double pack_s(std::size_t site) const;

 private:
  const std::vector<Site>& sites_;
  const PlacementJob& job_;
};

}  // namespace ionloom::sites
