#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "chem/lanes.h"
#include "chem/profile_grid.h"

namespace ionloom::chem {

/// Values of a profile, a sum of Gaussians, at neighbouring grid points: at each, the peaks in
/// reach are added from left to right.
/// @param peaks   ascending; every peak in reach of a point must be among them
/// @param points  columns with an even number of points
/// @param values  as many values as points
template <class Kernel>
void evaluate_profile(std::span<const PatternPeak> peaks, const GridPoints& points,
                      const Kernel& kernel, std::vector<double>& values) {
  values.resize(points.size());
  const double furthest = std::ranges::max(points.reach_mz);
  const double low_mz = points.mz.front() - furthest;
  const double high_mz = points.mz.back() + furthest;
  while (!peaks.empty() && peaks.front().mz < low_mz) peaks = peaks.subspan(1);
  while (!peaks.empty() && peaks.back().mz > high_mz) peaks = peaks.first(peaks.size() - 1);
  for (std::size_t i = 0; i < points.size(); i += 2) {
    const Pair mz = {points.mz[i], points.mz[i + 1]};
    const Pair sigma = {points.sigma_mz[i], points.sigma_mz[i + 1]};
    const Pair reach = {points.reach_mz[i], points.reach_mz[i + 1]};
    Pair sum = pair_of(0);
    for (const PatternPeak& peak : peaks) {
      const Pair away = peak.mz - mz;
      const Pair distance = away / sigma;
      const Pair term = peak.intensity * kernel(-0.5 * (distance * distance));
      const PairMask in_reach = (away <= reach) & (-away < reach);
      sum += in_reach ? term : pair_of(0);
    }
    values[i] = sum[0];
    values[i + 1] = sum[1];
  }
}

}  // namespace ionloom::chem
