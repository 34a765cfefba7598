#include "stages/rank.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "fdr/fdr_ranking.h"

namespace ionloom::stages {
namespace {

/// What the few small vectors of a ranking take at most.
constexpr std::uint64_t kFixedBytes = 8192;

/// Finds an ion among the kept ones.
std::optional<std::uint32_t> find_kept(std::span<const MeasuredIon> measured, std::uint32_t ion) {
  if (ion == kNoIon) return std::nullopt;
  const auto found = std::ranges::lower_bound(measured, ion, {}, &MeasuredIon::ion);
  if (found == measured.end() || found->ion != ion) return std::nullopt;
  return static_cast<std::uint32_t>(found - measured.begin());
}

/// The ions of one ranking: what one target modifier of a list leads to.
struct Ranking {
  std::vector<RankedIon> targets;   ///< by formula
  std::vector<RankedDecoy> decoys;  ///< by formula, modifier and draw
};

Ranking collect(const IonSet& ions, std::size_t list, std::size_t modifier,
                std::span<const MeasuredIon> measured) {
  const ListIons& own = ions.lists[list];
  const std::size_t modifiers = ions.modifiers.size();
  const std::size_t formulas = own.targets.size() / modifiers;
  const auto equal_modifiers = static_cast<std::size_t>(
      std::ranges::count(ions.modifiers, ions.modifiers[modifier].text, &TargetModifier::text));
  Ranking ranking;
  ranking.targets.reserve(formulas);
  ranking.decoys.reserve(formulas * equal_modifiers * ions.sample_size);
  for (std::size_t f = 0; f < formulas; ++f) {
    const auto target = find_kept(measured, own.targets[f * modifiers + modifier]);
    if (target) {
      ranking.targets.push_back({.formula = static_cast<std::uint32_t>(f),
                                 .modifier = static_cast<std::uint32_t>(modifier),
                                 .measured = *target,
                                 .feature_fdrs = {}});
    }
    // Modifiers of equal text share all their decoys.
    for (std::size_t other = 0; other < modifiers; ++other) {
      if (ions.modifiers[other].text != ions.modifiers[modifier].text) continue;
      for (std::size_t draw = 0; draw < ions.sample_size; ++draw) {
        const auto decoy =
            find_kept(measured, own.decoys[(f * modifiers + other) * ions.sample_size + draw]);
        if (!decoy) continue;
        ranking.decoys.push_back({.formula = static_cast<std::uint32_t>(f),
                                  .modifier = static_cast<std::uint32_t>(other),
                                  .draw = static_cast<std::uint32_t>(draw),
                                  .measured = *decoy});
      }
    }
  }
  return ranking;
}

/// Metrics of ranked ions as the columns that a model reads.
template <class Ranked>
fdr::MetricColumns columns_of(const std::vector<Ranked>& ranked,
                              std::span<const MeasuredIon> measured) {
  fdr::MetricColumns columns;
  for (auto& column : columns) column.reserve(ranked.size());
  for (const Ranked& row : ranked) {
    const imaging::IonMetrics& metrics = measured[row.measured].metrics;
    // In the order of fdr::IonMetric.
    const double values[fdr::kIonMetrics] = {metrics.chaos, metrics.spatial,    metrics.spectral,
                                             metrics.msm,   metrics.mz_err_abs, metrics.mz_err_rel};
    for (std::size_t m = 0; m < fdr::kIonMetrics; ++m) columns[m].push_back(values[m]);
  }
  return columns;
}

void set_scores(Ranking& ranking, std::size_t sample_size, std::span<const MeasuredIon> measured,
                const Scoring& scoring) {
  if (scoring.model == nullptr) {
    for (RankedIon& target : ranking.targets) target.score = measured[target.measured].metrics.msm;
    for (RankedDecoy& decoy : ranking.decoys) decoy.score = measured[decoy.measured].metrics.msm;
    return;
  }
  const fdr::RankingScores scores = scoring.model->score(
      columns_of(ranking.targets, measured), columns_of(ranking.decoys, measured),
      static_cast<double>(sample_size), scoring.abs_errors);
  for (std::size_t i = 0; i < ranking.targets.size(); ++i) {
    ranking.targets[i].score = scores.targets[i];
    for (const std::vector<double>& rates : scores.target_fdrs) {
      ranking.targets[i].feature_fdrs.push_back(rates[i]);
    }
  }
  for (std::size_t i = 0; i < ranking.decoys.size(); ++i)
    ranking.decoys[i].score = scores.decoys[i];
}

Ranking scored_ranking(const IonSet& ions, std::size_t list, std::size_t modifier,
                       std::span<const MeasuredIon> measured, const Scoring& scoring) {
  Ranking ranking = collect(ions, list, modifier, measured);
  set_scores(ranking, ions.sample_size, measured, scoring);
  return ranking;
}

std::vector<double> rates_of(const Ranking& ranking, std::size_t sample_size,
                             chem::AnalysisVersion version) {
  std::vector<double> targets;
  targets.reserve(ranking.targets.size());
  for (const RankedIon& target : ranking.targets) targets.push_back(target.score);
  if (version == chem::AnalysisVersion::kV1) {
    std::vector<std::size_t> sizes(sample_size, 0);
    for (const RankedDecoy& decoy : ranking.decoys) ++sizes[decoy.draw];
    std::vector<std::vector<double>> samples(sample_size);
    for (std::size_t draw = 0; draw < sample_size; ++draw) samples[draw].reserve(sizes[draw]);
    for (const RankedDecoy& decoy : ranking.decoys) samples[decoy.draw].push_back(decoy.score);
    return fdr::fdr_v1(targets, samples);
  }
  std::vector<double> decoys;
  decoys.reserve(ranking.decoys.size());
  for (const RankedDecoy& decoy : ranking.decoys) decoys.push_back(decoy.score);
  return fdr::fdr_v3(targets, decoys, sample_size);
}

}  // namespace

std::vector<RankedIon> rank_list(const IonSet& ions, std::size_t list,
                                 std::span<const MeasuredIon> measured,
                                 chem::AnalysisVersion version, const Scoring& scoring) {
  std::vector<RankedIon> ranked;
  ranked.reserve(ions.lists[list].targets.size());
  for (std::size_t modifier = 0; modifier < ions.modifiers.size(); ++modifier) {
    Ranking ranking = scored_ranking(ions, list, modifier, measured, scoring);
    const std::vector<double> rates = rates_of(ranking, ions.sample_size, version);
    for (std::size_t i = 0; i < rates.size(); ++i) {
      ranking.targets[i].fdr = rates[i];
      ranked.push_back(std::move(ranking.targets[i]));
    }
  }
  return ranked;
}

std::vector<RankedDecoy> ranked_decoys(const IonSet& ions, std::size_t list,
                                       std::span<const MeasuredIon> measured,
                                       const Scoring& scoring) {
  std::vector<RankedDecoy> decoys;
  for (std::size_t modifier = 0; modifier < ions.modifiers.size(); ++modifier) {
    for (const RankedDecoy& decoy :
         scored_ranking(ions, list, modifier, measured, scoring).decoys) {
      if (decoy.modifier == modifier) decoys.push_back(decoy);
    }
  }
  std::ranges::sort(decoys, {}, [](const RankedDecoy& decoy) {
    return std::tuple(decoy.formula, decoy.modifier, decoy.draw);
  });
  return decoys;
}

bool is_stored(double score, double fdr, bool targeted) {
  return targeted || (score > 0 && fdr < 1);
}

std::uint64_t ranked_memory_bound_bytes(std::uint64_t formulas, const IonSettings& settings,
                                        std::uint64_t model_features, bool with_decoys) {
  constexpr std::uint64_t kHeapBlockBytes = 16;
  const std::uint64_t targets = formulas * target_modifiers(settings).size();
  const std::uint64_t features =
      model_features == 0 ? 0 : model_features * sizeof(double) + kHeapBlockBytes;
  // Decoys are not counted before they are kept.
  const std::uint64_t decoys = with_decoys ? 2 * targets * settings.decoy_sample_size : 0;
  return targets * (sizeof(RankedIon) + features) + decoys * sizeof(RankedDecoy);
}

std::uint64_t rank_memory_bound_bytes(std::uint64_t formulas, const IonSettings& settings,
                                      const Scoring& scoring) {
  return rank_features_memory_bound_bytes(
      formulas, settings, scoring.model == nullptr ? 0 : scoring.model->feature_count());
}

std::uint64_t rank_features_memory_bound_bytes(std::uint64_t formulas, const IonSettings& settings,
                                               std::uint64_t model_features) {
  const std::vector<TargetModifier> modifiers = target_modifiers(settings);
  std::ptrdiff_t equal_modifiers = 0;
  for (const TargetModifier& modifier : modifiers) {
    equal_modifiers = std::max(equal_modifiers,
                               std::ranges::count(modifiers, modifier.text, &TargetModifier::text));
  }
  const std::uint64_t samples = settings.decoy_sample_size;
  const std::uint64_t decoys = formulas * static_cast<std::uint64_t>(equal_modifiers) * samples;
  // Of one ranking: its rows and their scores, and what is kept for every different score of a
  // target (it, its place among 8 of the table, its counts, its rate) and for every target (its
  // bin, its rate): 76 bytes; in version 1 also the rates of every sample.
  constexpr std::uint64_t kDoublesPerScore = 10;
  std::uint64_t doubles = formulas + decoys + kDoublesPerScore * formulas;
  if (settings.version == chem::AnalysisVersion::kV1) doubles += samples * formulas;
  std::uint64_t bytes = formulas * sizeof(RankedIon) + decoys * sizeof(RankedDecoy) +
                        doubles * sizeof(double) + formulas * modifiers.size() * sizeof(RankedIon) +
                        2 * samples * sizeof(std::vector<double>) + kFixedBytes;
  if (model_features > 0) {
    // A feature's rates at all scores: these sorted, joined and with the rate at each.
    bytes += 3 * (formulas + decoys) * sizeof(double);
    bytes += (formulas + decoys) * ((fdr::kIonMetrics + 1) * sizeof(double) +
                                    model_features * (sizeof(float) + sizeof(double)));
    bytes += formulas * modifiers.size() * model_features * sizeof(double);
  }
  return bytes;
}

}  // namespace ionloom::stages
