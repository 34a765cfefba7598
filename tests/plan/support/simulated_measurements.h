#pragma once

#include <string>
#include <vector>

#include "plan/measurement.h"
#include "plan/random_numbers.h"

namespace ionloom::plan {

/// Times of ingest tasks with a known truth: kappa x (0.02 s + 80 ns a peak), lognormal noise, of
/// 10^4 to 10^8 peaks in one of 12 datasets.
[[nodiscard]] inline Measurement simulated_ingest(RandomNumbers& random, double noise_log,
                                                  const std::string& device = "laptop",
                                                  double kappa = 1) {
  const double peaks = std::pow(10, 4 + 4 * random.uniform());
  Measurement measurement{
      .stage = Stage::kIngest, .device = device, .dataset = std::to_string(random.below(12))};
  measurement.counts[Count::kPeaks] = peaks;
  measurement.counts[Count::kSpectra] = peaks / 1000 * (0.5 + random.uniform());
  measurement.compute_s = kappa * (0.02 + 80e-9 * peaks) * std::exp(noise_log * random.normal());
  return measurement;
}

[[nodiscard]] inline std::vector<Measurement> simulated_ingests(std::size_t count,
                                                                RandomNumbers& random,
                                                                double noise_log) {
  std::vector<Measurement> measurements;
  for (std::size_t i = 0; i < count; ++i) {
    measurements.push_back(simulated_ingest(random, noise_log));
  }
  return measurements;
}

}  // namespace ionloom::plan
