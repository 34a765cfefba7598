#include "fdr/scoring_model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "fdr/fdr_ranking.h"

namespace ionloom::fdr {
namespace {

constexpr std::array<std::string_view, kIonMetrics> kMetricNames = {
    "chaos", "spatial", "spectral", "msm", "mz_err_abs", "mz_err_rel"};
constexpr std::string_view kAbsErrorSuffix = "_abserr";
constexpr std::string_view kFdrSuffix = "_fdr";
/// A hundred times what the published models take.
constexpr std::uint64_t kMaxModelBytes = std::uint64_t{256} << 20;

const std::vector<double>& column(const MetricColumns& metrics, IonMetric metric) {
  return metrics[static_cast<std::size_t>(metric)];
}

bool is_mass_error(IonMetric metric) {
  return metric == IonMetric::kMzErrAbs || metric == IonMetric::kMzErrRel;
}

/// Whether an ion counts in the ranking by one metric.
bool is_ranked(const MetricColumns& metrics, IonMetric metric, std::size_t ion) {
  return column(metrics, IonMetric::kChaos)[ion] > 0 &&
         column(metrics, IonMetric::kSpatial)[ion] > 0 &&
         column(metrics, IonMetric::kSpectral)[ion] > 0 &&
         !std::isnan(column(metrics, metric)[ion]);
}

/// The values that a metric is ranked by, higher being better.
std::vector<double> ranked_values(const MetricColumns& metrics, IonMetric metric) {
  std::vector<double> values;
  for (std::size_t ion = 0; ion < column(metrics, metric).size(); ++ion) {
    if (!is_ranked(metrics, metric, ion)) continue;
    const double value = column(metrics, metric)[ion];
    values.push_back(is_mass_error(metric) ? -std::abs(value) : value);
  }
  return values;
}

/// Rates of the ranked ions put back among the others, whose rate is 1.
std::vector<double> spread_rates(const MetricColumns& metrics, IonMetric metric,
                                 const std::vector<double>& rates) {
  std::vector<double> spread(column(metrics, metric).size(), 1.0);
  std::size_t next = 0;
  for (std::size_t ion = 0; ion < spread.size(); ++ion) {
    if (is_ranked(metrics, metric, ion)) spread[ion] = rates[next++];
  }
  return spread;
}

std::vector<float> rounded(const std::vector<double>& values) {
  std::vector<float> single(values.size());
  std::ranges::transform(values, single.begin(),
                         [](double value) { return static_cast<float>(value); });
  return single;
}

std::vector<double> absolute_errors(std::vector<double> errors, double best) {
  for (double& error : errors) error = best - std::abs(error);
  return errors;
}

}  // namespace

Result<ScoringModel::Feature> ScoringModel::feature_named(const ObliviousTrees::Feature& feature,
                                                          const std::string& where) {
  std::string_view name = feature.name;
  Derivation derivation = Derivation::kPlain;
  for (const auto& [suffix, derived] :
       {std::pair{kAbsErrorSuffix, Derivation::kAbsError}, {kFdrSuffix, Derivation::kFdr}}) {
    if (derivation == Derivation::kPlain && name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      derivation = derived;
    }
  }
  const auto known = std::ranges::find(kMetricNames, name);
  if (known == kMetricNames.end()) {
    std::string expected;
    for (const std::string_view metric : kMetricNames) expected += std::string(metric) + ", ";
    return data_error(where, "the model looks at a feature \"" + feature.name +
                                 "\", which is not known; expected " + expected +
                                 "or one of these with _abserr or _fdr behind it");
  }
  return Feature{.name = feature.name,
                 .metric = static_cast<IonMetric>(known - kMetricNames.begin()),
                 .derivation = derivation,
                 .is_blind = derivation == Derivation::kAbsError && !feature.borders.empty() &&
                             feature.borders.front() > 0};
}

Result<ScoringModel> ScoringModel::parse(std::span<const std::byte> content,
                                         const std::string& where) {
  auto trees = parse_catboost_model(content, where);
  if (!trees) return std::unexpected(trees.error());
  std::vector<Feature> features;
  for (const ObliviousTrees::Feature& feature : trees->features) {
    auto known = feature_named(feature, where);
    if (!known) return std::unexpected(known.error());
    if (std::ranges::find(features, known->name, &Feature::name) != features.end()) {
      return data_error(where, "the model names the feature \"" + known->name + "\" twice");
    }
    features.push_back(std::move(*known));
  }
  const std::uint64_t bytes = TreeEvaluator::size_bytes(*trees);
  if (bytes > kMaxModelBytes) {
    return data_error(where, "the model would take " + std::to_string(bytes >> 20) +
                                 " MiB; at most " + std::to_string(kMaxModelBytes >> 20) +
                                 " MiB are expected");
  }
  return ScoringModel(std::move(features), TreeEvaluator(*trees));
}

std::vector<std::string> ScoringModel::fdr_features() const {
  std::vector<std::string> names;
  for (const Feature& feature : features_) {
    if (feature.derivation == Derivation::kFdr) names.push_back(feature.name);
  }
  return names;
}

std::vector<std::string> ScoringModel::blind_features() const {
  std::vector<std::string> names;
  for (const Feature& feature : features_) {
    if (feature.is_blind) names.push_back(feature.name);
  }
  return names;
}

std::vector<double> ScoringModel::scores_of(const MetricColumns& metrics,
                                            const std::vector<std::vector<float>>& columns) const {
  std::vector<double> scores(metrics.front().size());
  const std::vector<std::span<const float>> views(columns.begin(), columns.end());
  trees_.predict(views, scores);
  for (std::size_t ion = 0; ion < scores.size(); ++ion) {
    const double product = column(metrics, IonMetric::kSpatial)[ion] *
                           column(metrics, IonMetric::kSpectral)[ion] *
                           column(metrics, IonMetric::kChaos)[ion];
    scores[ion] = product > 0 ? std::clamp(scores[ion], 0.0, 1.0) : 0.0;
  }
  return scores;
}

RankingScores ScoringModel::score(const MetricColumns& targets, const MetricColumns& decoys,
                                  double decoy_ratio, AbsErrorRule rule) const {
  RankingScores result;
  FeatureColumns columns;
  for (const Feature& feature : features_) {
    const std::vector<double>& of_targets = column(targets, feature.metric);
    const std::vector<double>& of_decoys = column(decoys, feature.metric);
    switch (feature.derivation) {
      case Derivation::kPlain:
        columns.targets.push_back(rounded(of_targets));
        columns.decoys.push_back(rounded(of_decoys));
        break;
      case Derivation::kAbsError: {
        const double best = rule == AbsErrorRule::kAsTrained && feature.is_blind ? 1 : 0;
        columns.targets.push_back(rounded(absolute_errors(of_targets, best)));
        columns.decoys.push_back(rounded(absolute_errors(of_decoys, best)));
        break;
      }
      case Derivation::kFdr: {
        const RankingRule ranking{.decoy_ratio = decoy_ratio, .monotonic = true};
        const auto target_values = ranked_values(targets, feature.metric);
        const auto decoy_values = ranked_values(decoys, feature.metric);
        result.target_fdrs.push_back(
            spread_rates(targets, feature.metric, rank(target_values, decoy_values, ranking)));
        columns.targets.push_back(rounded(result.target_fdrs.back()));
        columns.decoys.push_back(rounded(spread_rates(
            decoys, feature.metric, rates_at(decoy_values, target_values, decoy_values, ranking))));
        break;
      }
    }
  }
  result.targets = scores_of(targets, columns.targets);
  result.decoys = scores_of(decoys, columns.decoys);
  return result;
}

}  // namespace ionloom::fdr
