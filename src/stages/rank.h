#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "fdr/scoring_model.h"
#include "stages/annotate.h"
#include "stages/ions.h"

namespace ionloom::stages {

/// What ions are ranked by.
struct Scoring {
  /// Whose score takes the place of MSM; nullptr: none. METASPACE has models in version 3 only.
  const fdr::ScoringModel* model = nullptr;
  fdr::AbsErrorRule abs_errors = fdr::AbsErrorRule::kReference;
};

/// One target ion of a list with its false-discovery rate.
struct RankedIon {
  std::uint32_t formula = 0;   ///< position in the list's formulas
  std::uint32_t modifier = 0;  ///< position in IonSet::modifiers
  std::uint32_t measured = 0;  ///< position in the measured ions
  double score = 0;            ///< what was ranked: MSM, or the model's score
  double fdr = 0;
  std::vector<double> feature_fdrs;  ///< one for each of the model's fdr_features()
};

/// One decoy that was drawn for a formula of a list, among the kept ions.
struct RankedDecoy {
  std::uint32_t formula = 0;
  std::uint32_t modifier = 0;
  std::uint32_t draw = 0;      ///< 0 .. sample_size - 1
  std::uint32_t measured = 0;  ///< position in the measured ions
  double score = 0;
};

/// Ranks the targets of one list against their decoys, each modifier by itself.
/// @param measured  all kept ions of the run, in ascending order of ion
/// @return every kept target, by modifier, then formula
/// Source: METASPACE engine, fdr.py, estimate_fdr.
[[nodiscard]] std::vector<RankedIon> rank_list(const IonSet& ions, std::size_t list,
                                               std::span<const MeasuredIon> measured,
                                               chem::AnalysisVersion version,
                                               const Scoring& scoring);

/// The kept decoys of one list with the scores that they had in the ranking of their modifier, by
/// formula, modifier and draw.
[[nodiscard]] std::vector<RankedDecoy> ranked_decoys(const IonSet& ions, std::size_t list,
                                                     std::span<const MeasuredIon> measured,
                                                     const Scoring& scoring);

/// Whether METASPACE stores a ranked ion: score > 0 and FDR < 1, everything of targeted lists.
[[nodiscard]] bool is_stored(double score, double fdr, bool targeted);

/// Bytes that the ranks of all lists need at most.
/// @param with_decoys  those of the decoys too
[[nodiscard]] std::uint64_t ranked_memory_bound_bytes(std::uint64_t formulas,
                                                      const IonSettings& settings,
                                                      std::uint64_t model_features,
                                                      bool with_decoys);

/// Bytes that ranking one list needs at most.
[[nodiscard]] std::uint64_t rank_memory_bound_bytes(std::uint64_t formulas,
                                                    const IonSettings& settings,
                                                    const Scoring& scoring);
/// The same of a model of so many features, 0 without one.
[[nodiscard]] std::uint64_t rank_features_memory_bound_bytes(std::uint64_t formulas,
                                                             const IonSettings& settings,
                                                             std::uint64_t model_features);

}  // namespace ionloom::stages
