#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "fdr/tree_evaluator.h"

namespace ionloom::fdr {

/// The metrics of an ion that a model may look at, in the order of MetricColumns.
enum class IonMetric : std::uint8_t { kChaos, kSpatial, kSpectral, kMsm, kMzErrAbs, kMzErrRel };
inline constexpr std::size_t kIonMetrics = 6;

/// Metrics of the ions of a ranking, one column a metric, all equally long; NaN: not computed.
using MetricColumns = std::array<std::vector<double>, kIonMetrics>;

/// How a model's mz_err_abs_abserr and mz_err_rel_abserr are made of a mass error.
///
/// METASPACE's engine gives -|x|, at most 0. The published models were trained on 1 - |x|: their
/// borders lie at 0.99 to 1, so in METASPACE every ion is below all of them and the mass errors
/// have no say. With 1 - |x| the animal model gives the scores that its authors published, to the
/// last bit (tests/oracle/scoring_model_test.cpp).
enum class AbsErrorRule : std::uint8_t { kReference, kAsTrained };

/// Scores of one ranking.
struct RankingScores {
  std::vector<double> targets;
  std::vector<double> decoys;
  /// FDR of the targets by each of the model's x_fdr features alone: [feature][target].
  std::vector<std::vector<double>> target_fdrs;
};

/// A METASPACE-ML model: predicts from an ion's metrics how well it is ranked.
class ScoringModel {
 public:
  /// Reads a CatBoost model file. Its features are a metric's name (chaos, spatial, spectral, msm,
  /// mz_err_abs, mz_err_rel), or one with `_abserr` (see AbsErrorRule) or `_fdr` behind it: the
  /// false-discovery rate by that metric alone. Fails for other names, and as
  /// parse_catboost_model().
  [[nodiscard]] static Result<ScoringModel> parse(std::span<const std::byte> content,
                                                  const std::string& where);

  [[nodiscard]] std::size_t feature_count() const { return features_.size(); }

  /// Bytes that the model takes.
  [[nodiscard]] std::uint64_t size_bytes() const { return trees_.size_bytes(); }

  /// Names of the `_fdr` features, in the model's order.
  [[nodiscard]] std::vector<std::string> fdr_features() const;

  /// Names of the `_abserr` features whose borders -|x| never reaches.
  [[nodiscard]] std::vector<std::string> blind_features() const;

  /// Scores of one ranking's targets and decoys: the prediction, 0 where chaos x spatial x spectral
  /// is 0 or absent, clipped to [0, 1].
  /// @param decoy_ratio  decoys drawn per target
  /// Source: METASPACE engine, scoring_model.py.
  [[nodiscard]] RankingScores score(const MetricColumns& targets, const MetricColumns& decoys,
                                    double decoy_ratio, AbsErrorRule rule) const;

 private:
  enum class Derivation : std::uint8_t { kPlain, kAbsError, kFdr };
  struct Feature {
    std::string name;
    IonMetric metric = IonMetric::kChaos;
    Derivation derivation = Derivation::kPlain;
    bool is_blind = false;  ///< see blind_features()
  };
  /// Columns of the features, of targets and decoys: [feature][ion].
  struct FeatureColumns {
    std::vector<std::vector<float>> targets;
    std::vector<std::vector<float>> decoys;
  };

  ScoringModel(std::vector<Feature> features, TreeEvaluator trees)
      : features_(std::move(features)), trees_(std::move(trees)) {}

  [[nodiscard]] static Result<Feature> feature_named(const ObliviousTrees::Feature& feature,
                                                     const std::string& where);
  [[nodiscard]] std::vector<double> scores_of(const MetricColumns& metrics,
                                              const std::vector<std::vector<float>>& columns) const;

  std::vector<Feature> features_;
  TreeEvaluator trees_;
};

}  // namespace ionloom::fdr
