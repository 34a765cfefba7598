#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ionloom::fdr {

/// How one ranking of targets and decoys becomes a false-discovery rate.
struct RankingRule {
  double decoy_ratio = 1;           ///< decoys drawn per target, scored or not
  bool rule_of_succession = false;  ///< start both counts at 1, so that no rate is 0
  bool monotonic = false;           ///< a lower score never has a lower rate
};

/// FDR of each target: cumulative decoys / ratio / cumulative targets over scores in descending
/// order, equal scores together. 1 where no target has been met; may exceed 1.
/// @return one value a target, in the order given
/// Source: METASPACE engine, fdr.py, score_to_fdr_map.
[[nodiscard]] std::vector<double> rank(std::span<const double> target_scores,
                                       std::span<const double> decoy_scores,
                                       const RankingRule& rule);

/// The same for any scores that occur among the targets or decoys.
/// @return one value for each of `wanted`, in the order given
[[nodiscard]] std::vector<double> rates_at(std::span<const double> wanted,
                                           std::span<const double> target_scores,
                                           std::span<const double> decoy_scores,
                                           const RankingRule& rule);

/// FDR levels that annotations are counted and shown at.
inline constexpr double kFdrLevels[] = {0.05, 0.1, 0.2, 0.5};

/// Version 3: one ranking against all decoys.
/// @param sample_size  decoys drawn per target
[[nodiscard]] std::vector<double> fdr_v3(std::span<const double> target_scores,
                                         std::span<const double> decoy_scores,
                                         std::size_t sample_size);

/// Version 1: one ranking a sample, the median of them binned into the four levels (1 beyond).
/// @param decoy_samples  decoy scores of each of the sample_size rankings
[[nodiscard]] std::vector<double> fdr_v1(std::span<const double> target_scores,
                                         std::span<const std::vector<double>> decoy_samples);

}  // namespace ionloom::fdr
