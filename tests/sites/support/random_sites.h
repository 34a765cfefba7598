#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "plan/normal_quantile.h"
#include "plan/random_numbers.h"
#include "sites/placement.h"

namespace ionloom::sites {

/// Two sites and a job, drawn: a device beside the instrument and machines far away, with 1 to
/// 1,000 Mb/s between them.
struct RandomSites {
  std::vector<Site> sites;
  PlacementJob job;
};

inline double log_uniform(plan::RandomNumbers& random, double least, double most) {
  return least * std::pow(most / least, random.uniform());
}

inline double lognormal(plan::RandomNumbers& random, double spread_log) {
  return std::exp(spread_log * plan::normal_quantile(0.001 + 0.998 * random.uniform()));
}

inline Site random_site(plan::RandomNumbers& random, double kappa, double most_cores,
                        double memory_bytes) {
  Site site{.name = "site"};
  site.device.cores = static_cast<std::uint32_t>(log_uniform(random, 1, most_cores));
  site.device.memory_bytes = static_cast<std::uint64_t>(memory_bytes);
  for (auto& stage : site.device.kappas) stage = kappa * lognormal(random, 0.3);
  const double bytes_s = log_uniform(random, 1e6 / 8, 1e9 / 8);
  site.device.link.up_bytes_s.add(bytes_s);
  site.device.link.down_bytes_s.add(bytes_s * (1 + 3 * random.uniform()));
  site.device.link.latency_s.add(log_uniform(random, 1e-3, 0.1));
  return site;
}

inline RandomSites random_sites(std::uint64_t seed) {
  plan::RandomNumbers random(seed);
  RandomSites drawn;
  const double kappa = log_uniform(random, 1, 20);
  drawn.sites.push_back(random_site(random, kappa, 16, log_uniform(random, 5e8, 8e9)));
  drawn.sites.push_back(random_site(random, 1, 64, 64e9));
  RecentValues fast;
  fast.add(1.25e9);
  drawn.sites[1].device.link.up_bytes_s = fast;
  drawn.sites[1].device.link.down_bytes_s = fast;
  drawn.sites[1].start_up_s = 2 * random.uniform();

  const double peaks = log_uniform(random, 1e5, 3e8);
  const double ions = log_uniform(random, 1e3, 1e6);
  const double image_ions = ions / 100;
  drawn.job = {.raw_bytes = 14 * peaks,
               .run_bytes = 16 * peaks,
               .packed_share = 0.3 + 0.2 * random.uniform(),
               .window_share = random.uniform(),
               .ion_table_bytes = 76 * ions,
               .result_bytes = 100 * ions + 20'000 * image_ions,
               .header_bytes = peaks,
               .source = 0,
               .results = random.below(2)};
  const double peak_s = 30e-9;
  const double ion_s = log_uniform(random, 5e-6, 2e-4);
  drawn.job.predict = [=](plan::Stage stage) -> plan::Prediction {
    switch (stage) {
      case plan::Stage::kIndex:
        return {.seconds = 2e-9 * peaks, .spread_log = 0.1};
      case plan::Stage::kIngest:
        return {.seconds = peak_s * peaks, .spread_log = 0.1};
      case plan::Stage::kIons:
        return {.seconds = 1e-7 * ions, .spread_log = 0.1};
      case plan::Stage::kPatterns:
        return {.seconds = 5e-6 * ions, .spread_log = 0.1};
      case plan::Stage::kAnnotate:
        return {.seconds = ion_s * ions + 10e-9 * peaks, .spread_log = 0.1};
      case plan::Stage::kImages:
        return {.seconds = 1e-3 * image_ions, .spread_log = 0.1};
      default:
        return {.seconds = 1e-6 * ions, .spread_log = 0.1};
    }
  };
  drawn.job.least_memory = [](plan::Stage) { return std::uint64_t{300'000'000}; };
  return drawn;
}

/// The same as it truly is, where kappas and links were known with an error.
inline RandomSites truth_of(const RandomSites& known, std::uint64_t seed, double kappa_error,
                            double link_error) {
  plan::RandomNumbers random(seed);
  RandomSites truth = known;
  for (Site& site : truth.sites) {
    for (auto& kappa : site.device.kappas) kappa = *kappa * lognormal(random, kappa_error);
    const double factor = lognormal(random, link_error);
    for (RecentValues* rates : {&site.device.link.up_bytes_s, &site.device.link.down_bytes_s}) {
      RecentValues changed;
      changed.add(rates->quantile(0.5) * factor);
      *rates = changed;
    }
  }
  return truth;
}

/// The least time of all placements with shares in steps of 1/20, each tried.
inline double exhaustive_best_s(const RandomSites& truth) {
  double best = 1e300;
  for (int code = 0; code < 16 * 21 * 21; ++code) {
    const double ingest = (code / 16 % 21) / 20.0;
    const double annotate = (code / (16 * 21)) / 20.0;
    const auto estimate = estimate_placement(truth.sites, truth.job,
                                             {.ingest = {ingest, 1 - ingest},
                                              .patterns = static_cast<std::size_t>(code & 1),
                                              .annotate = {annotate, 1 - annotate},
                                              .rank = static_cast<std::size_t>(code >> 3 & 1),
                                              .is_packed = (code & 2) != 0,
                                              .windows_only = (code & 4) != 0});
    if (estimate) best = std::min(best, estimate->time_s);
  }
  return best;
}

}  // namespace ionloom::sites
