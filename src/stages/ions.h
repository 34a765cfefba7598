#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "chem/fine_structure.h"

namespace ionloom::stages {

inline constexpr std::uint32_t kNoIon = UINT32_MAX;

struct IonSettings {
  chem::AnalysisVersion version = chem::AnalysisVersion::kV3;
  std::vector<std::string> adducts;         ///< normalised: "+H", "[M]+"
  std::vector<std::string> neutral_losses;  ///< "-H2O"; ions without any are always made
  std::vector<std::string> chem_mods;       ///< "+C2H2O"; likewise
  std::uint32_t decoy_sample_size = 20;
  /// Read formulas chemically right instead of as METASPACE does (a repeated element keeps its last
  /// count there).
  bool right_compositions = false;
};

/// The formulas of one molecule list.
struct FormulaList {
  std::span<const std::string> formulas;  ///< distinct, in order of first appearance
  bool targeted = false;
};

/// What is put on a molecule to make a target ion. Several combinations may give the same text.
struct TargetModifier {
  std::string chem_mod;
  std::string neutral_loss;
  std::string adduct;
  std::string text;    ///< all three, without [M]+ and [M]-
  std::string prefix;  ///< chem_mod and neutral_loss: in front of this modifier's decoy adducts
};

/// Every combination of chemical modification, neutral loss and adduct, those without modification
/// and loss included.
[[nodiscard]] std::vector<TargetModifier> target_modifiers(const IonSettings& settings);

/// The ions of one list: positions in IonSet::ions, kNoIon for ions that cannot exist.
struct ListIons {
  std::vector<std::uint32_t> targets;       ///< [formula][modifier]
  std::vector<std::uint32_t> decoys;        ///< [formula][modifier][draw]
  std::vector<std::uint8_t> decoy_adducts;  ///< [formula][modifier][draw], in decoy_candidates
};

/// All ions of a run, targets and decoys of all lists, each once.
struct IonSet {
  std::vector<std::string> ions;          ///< ion formulas, in byte order
  std::vector<std::uint8_t> is_target;    ///< 1 when the ion is a target of any list
  std::vector<std::uint8_t> is_targeted;  ///< 1 when a targeted list holds it, in any role
  /// How many isotopologues each can have (chem/isotopologue_bound.h); none when not asked for.
  std::vector<std::uint8_t> isotopologue_levels;
  std::vector<TargetModifier> modifiers;
  std::vector<std::string> decoy_candidates;
  std::size_t sample_size = 0;  ///< decoys drawn for a target, at most
  std::vector<ListIons> lists;

  /// Text of a decoy's modifier, as METASPACE writes it.
  [[nodiscard]] std::string decoy_modifier(std::size_t list, std::size_t formula,
                                           std::size_t modifier, std::size_t draw) const;
};

/// What an ion set is made with, without ions and lists: modifiers, decoy candidates, sample size.
[[nodiscard]] IonSet empty_ion_set(const IonSettings& settings);

enum class Isotopologues : std::uint8_t { kUnknown, kBounded };

/// Makes all ions of a run. Fails when a modifier cannot be read, or when modifiers and decoy
/// adducts leave no decoys.
/// Source: METASPACE engine, fdr.py and build_moldb.py.
[[nodiscard]] Result<IonSet> enumerate_ions(std::span<const FormulaList> lists,
                                            const IonSettings& settings,
                                            Isotopologues isotopologues = Isotopologues::kUnknown);

/// What the memory of ions depends on.
struct FormulaSizes {
  std::uint64_t count = 0;           ///< formulas
  std::uint64_t text_bytes = 0;      ///< with the ends of lines
  std::uint64_t ion_text_bytes = 0;  ///< of all ions' texts, at most
  std::uint64_t long_ions = 0;       ///< ions whose text a string may have to allocate, at most

  FormulaSizes& operator+=(const FormulaSizes& other);
};
[[nodiscard]] FormulaSizes formula_sizes(std::span<const std::string> formulas,
                                         const IonSettings& settings);

/// Number of distinct ions that so many formulas can make at most.
[[nodiscard]] std::uint64_t ion_count_bound(std::uint64_t formulas, const IonSettings& settings);

/// Bytes that the result of enumerate_ions() needs at most.
[[nodiscard]] std::uint64_t ion_set_memory_bound_bytes(const FormulaSizes& formulas,
                                                       const IonSettings& settings);

/// Bytes that enumerate_ions() and its result need at most.
[[nodiscard]] std::uint64_t ions_memory_bound_bytes(std::uint64_t formulas,
                                                    const IonSettings& settings);

}  // namespace ionloom::stages
