#include "fdr/fdr_ranking.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "fdr/score_bins.h"

namespace ionloom::fdr {
namespace {

/// Median with the mean of the middle two; reorders its input.
double median(std::vector<double>& values) {
  const std::size_t middle = values.size() / 2;
  std::ranges::sort(values);
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

/// The rates of targets need no order of the decoys, only how many lie between two target scores:
/// from a score down to the next target's the rate does not fall, so that no minimum lies between.
/// @param bins  of target_scores
std::vector<double> rates_of_targets(const ScoreBins& bins, std::span<const double> target_scores,
                                     std::span<const double> decoy_scores,
                                     const RankingRule& rule) {
  std::vector<std::uint64_t> targets_in(bins.count());
  std::vector<std::uint64_t> decoys_in(bins.count());
  std::vector<std::uint32_t> bin_of_target;
  bin_of_target.reserve(target_scores.size());
  for (const double score : target_scores) {
    bin_of_target.push_back(bins.find(score));
    ++targets_in[bin_of_target.back()];
  }
  for (const double score : decoy_scores) ++decoys_in[bins.find(score)];

  std::vector<double> rates(bins.count());
  const double offset = rule.rule_of_succession ? 1 : 0;
  double targets = offset;
  double decoys = offset;
  for (std::size_t i = bins.count(); i-- > 1;) {
    targets += static_cast<double>(targets_in[i]);
    decoys += static_cast<double>(decoys_in[i]);
    rates[i] = decoys / rule.decoy_ratio / targets;
  }
  if (rule.monotonic) {
    for (std::size_t i = 2; i < rates.size(); ++i) rates[i] = std::min(rates[i], rates[i - 1]);
  }
  std::vector<double> result;
  result.reserve(target_scores.size());
  for (const std::uint32_t bin : bin_of_target) result.push_back(rates[bin]);
  return result;
}

}  // namespace

std::vector<double> rates_at(std::span<const double> wanted, std::span<const double> target_scores,
                             std::span<const double> decoy_scores, const RankingRule& rule) {
  std::vector<double> targets(target_scores.begin(), target_scores.end());
  std::vector<double> decoys(decoy_scores.begin(), decoy_scores.end());
  std::ranges::sort(targets, std::greater{});
  std::ranges::sort(decoys, std::greater{});

  std::vector<double> scores;
  std::vector<double> rates;
  scores.reserve(targets.size() + decoys.size());
  rates.reserve(targets.size() + decoys.size());
  const double offset = rule.rule_of_succession ? 1 : 0;
  std::size_t targets_met = 0;
  std::size_t decoys_met = 0;
  while (targets_met < targets.size() || decoys_met < decoys.size()) {
    const double score = decoys_met == decoys.size() ? targets[targets_met]
                         : targets_met == targets.size()
                             ? decoys[decoys_met]
                             : std::max(targets[targets_met], decoys[decoys_met]);
    while (targets_met < targets.size() && targets[targets_met] == score) ++targets_met;
    while (decoys_met < decoys.size() && decoys[decoys_met] == score) ++decoys_met;
    const double target_count = static_cast<double>(targets_met) + offset;
    const double decoy_count = static_cast<double>(decoys_met) + offset;
    scores.push_back(score);
    rates.push_back(target_count == 0 ? 1 : decoy_count / rule.decoy_ratio / target_count);
  }
  if (rule.monotonic) {
    for (std::size_t i = rates.size(); i-- > 1;) rates[i - 1] = std::min(rates[i - 1], rates[i]);
  }

  std::vector<double> result;
  result.reserve(wanted.size());
  for (const double score : wanted) {
    const auto found = std::ranges::lower_bound(scores, score, std::greater{});
    result.push_back(rates[static_cast<std::size_t>(found - scores.begin())]);
  }
  return result;
}

std::vector<double> rank(std::span<const double> target_scores,
                         std::span<const double> decoy_scores, const RankingRule& rule) {
  return rates_of_targets(ScoreBins(target_scores), target_scores, decoy_scores, rule);
}

std::vector<double> fdr_v3(std::span<const double> target_scores,
                           std::span<const double> decoy_scores, std::size_t sample_size) {
  return rank(target_scores, decoy_scores,
              {.decoy_ratio = static_cast<double>(sample_size),
               .rule_of_succession = true,
               .monotonic = true});
}

std::vector<double> fdr_v1(std::span<const double> target_scores,
                           std::span<const std::vector<double>> decoy_samples) {
  const std::size_t n = target_scores.size();
  std::vector<std::vector<double>> rankings;
  rankings.reserve(decoy_samples.size());
  const ScoreBins bins(target_scores);
  for (const std::vector<double>& sample : decoy_samples) {
    rankings.push_back(rates_of_targets(bins, target_scores, sample, {}));
  }
  std::vector<double> rates(n);
  std::vector<double> values(rankings.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t r = 0; r < rankings.size(); ++r) values[r] = rankings[r][i];
    rates[i] = median(values);
  }

  std::vector<double> binned(n, 1.0);
  for (const double level : kFdrLevels) {
    // The lowest score strictly below the level carries every score above it along.
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < n; ++i) {
      if (rates[i] < level) lowest = std::min(lowest, target_scores[i]);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (binned[i] == 1.0 && target_scores[i] >= lowest) binned[i] = level;
    }
  }
  return binned;
}

}  // namespace ionloom::fdr
