#include "stages/ions.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include "chem/formula.h"
#include "chem/isotopologue_bound.h"
#include "chem/modifier.h"
#include "fdr/decoy_sampling.h"
#include "stages/ion_numbering.h"

namespace ionloom::stages {
namespace {

/// An ion formula's text with what a hash table and a string keep around it.
constexpr std::uint64_t kBytesPerIon = 160;
/// The same once ions are numbered: a string with flags.
constexpr std::uint64_t kBytesPerNumberedIon = sizeof(std::string) + 3;
/// What a string takes beside itself that is too long for it; twice that is hardly ever needed.
constexpr std::uint64_t kBytesPerLongText = 48;
/// Longer texts do not fit into a string itself.
constexpr std::size_t kShortText = 15;

std::vector<std::string> with_none(const std::vector<std::string>& parts) {
  std::vector<std::string> all = {""};
  all.insert(all.end(), parts.begin(), parts.end());
  return all;
}

/// Makes ions and numbers them.
class IonMaker {
 public:
  IonMaker(IonNumbering& numbering, Isotopologues isotopologues) : numbering_(numbering) {
    if (isotopologues == Isotopologues::kBounded) {
      bound_ = std::make_unique<chem::IsotopologueBound>();
    }
  }

  std::uint32_t make(const chem::Composition& molecule, const chem::Modifier& modifier) {
    if (!chem::apply_modifier(molecule, modifier, ion_)) return kNoIon;
    text_.clear();
    chem::append_ion_formula(ion_, text_);
    const std::uint32_t number = numbering_.number(text_);
    if (bound_ != nullptr && number == levels_.size()) levels_.push_back(bound_->level_of(ion_));
    return number;
  }

  /// Isotopologue levels by number, if asked for.
  [[nodiscard]] const std::vector<std::uint8_t>& levels() const { return levels_; }

 private:
  IonNumbering& numbering_;
  chem::Composition ion_;
  std::string text_;
  std::unique_ptr<chem::IsotopologueBound> bound_;
  std::vector<std::uint8_t> levels_;
};

/// A run's modifiers, read once.
struct ParsedModifiers {
  std::vector<chem::Modifier> targets;
  std::vector<std::vector<chem::Modifier>> decoys;  ///< [modifier][candidate]
};

Result<ParsedModifiers> parse_modifiers(const IonSet& set) {
  ParsedModifiers parsed;
  for (const TargetModifier& modifier : set.modifiers) {
    auto target = chem::parse_modifier(modifier.text);
    if (!target) return std::unexpected(target.error());
    parsed.targets.push_back(std::move(*target));
    auto& decoys = parsed.decoys.emplace_back();
    for (const std::string& adduct : set.decoy_candidates) {
      auto decoy = chem::parse_modifier(modifier.prefix + adduct);
      if (!decoy) return std::unexpected(decoy.error());
      decoys.push_back(std::move(*decoy));
    }
  }
  return parsed;
}

std::optional<chem::Composition> composition_of(const std::string& formula, bool right) {
  if (!right) return chem::ion_composition(formula);
  auto parsed = chem::parse_list_formula(formula);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

ListIons enumerate_list(const FormulaList& list, const IonSettings& settings, const IonSet& set,
                        const ParsedModifiers& parsed, IonMaker& maker) {
  const std::size_t modifiers = set.modifiers.size();
  ListIons ions;
  ions.targets.reserve(list.formulas.size() * modifiers);
  ions.decoys.reserve(list.formulas.size() * modifiers * set.sample_size);
  ions.decoy_adducts.reserve(ions.decoys.capacity());
  fdr::DecoySampler sampler(set.decoy_candidates.size(), set.sample_size);
  std::span<const std::uint8_t> draw;
  for (const std::string& formula : list.formulas) {
    const auto molecule = composition_of(formula, settings.right_compositions);
    for (std::size_t m = 0; m < modifiers; ++m) {
      ions.targets.push_back(molecule ? maker.make(*molecule, parsed.targets[m]) : kNoIon);
      // Version 3 shares one draw between all modifiers of a formula.
      if (settings.version == chem::AnalysisVersion::kV1 || m == 0) draw = sampler.draw();
      const bool same_as_before = settings.version == chem::AnalysisVersion::kV3 && m > 0 &&
                                  set.modifiers[m].prefix == set.modifiers[m - 1].prefix;
      for (const std::uint8_t adduct : draw) {
        ions.decoy_adducts.push_back(adduct);
        if (same_as_before) {
          ions.decoys.push_back(ions.decoys[ions.decoys.size() - set.sample_size]);
        } else {
          ions.decoys.push_back(molecule ? maker.make(*molecule, parsed.decoys[m][adduct])
                                         : kNoIon);
        }
      }
    }
  }
  return ions;
}

}  // namespace

std::vector<TargetModifier> target_modifiers(const IonSettings& settings) {
  std::vector<TargetModifier> modifiers;
  for (const std::string& chem_mod : with_none(settings.chem_mods)) {
    for (const std::string& loss : with_none(settings.neutral_losses)) {
      for (const std::string& adduct : settings.adducts) {
        const bool bare = adduct == "[M]+" || adduct == "[M]-";
        const std::string prefix = chem_mod + loss;
        modifiers.push_back({chem_mod, loss, adduct, prefix + (bare ? "" : adduct), prefix});
      }
    }
  }
  return modifiers;
}

std::string IonSet::decoy_modifier(std::size_t list, std::size_t formula, std::size_t modifier,
                                   std::size_t draw) const {
  const std::size_t at = (formula * modifiers.size() + modifier) * sample_size + draw;
  return modifiers[modifier].prefix + decoy_candidates[lists[list].decoy_adducts[at]];
}

IonSet empty_ion_set(const IonSettings& settings) {
  IonSet set;
  set.modifiers = target_modifiers(settings);
  std::vector<std::string> in_use = settings.adducts;
  in_use.insert(in_use.end(), settings.chem_mods.begin(), settings.chem_mods.end());
  in_use.insert(in_use.end(), settings.neutral_losses.begin(), settings.neutral_losses.end());
  set.decoy_candidates = fdr::decoy_candidates(in_use);
  set.sample_size = std::min<std::size_t>(settings.decoy_sample_size, set.decoy_candidates.size());
  return set;
}

Result<IonSet> enumerate_ions(std::span<const FormulaList> lists, const IonSettings& settings,
                              Isotopologues isotopologues) {
  IonSet set = empty_ion_set(settings);
  if (set.sample_size == 0) {
    return usage_error("no decoy adduct is left: every one of the 80 is in use as an adduct");
  }
  const auto parsed = parse_modifiers(set);
  if (!parsed) return std::unexpected(parsed.error());

  IonNumbering numbering;
  IonMaker maker(numbering, isotopologues);
  for (const FormulaList& list : lists) {
    set.lists.push_back(enumerate_list(list, settings, set, *parsed, maker));
  }
  std::vector<std::uint32_t> place_of;
  set.ions = numbering.sorted(place_of);
  set.is_target.resize(set.ions.size());
  set.is_targeted.resize(set.ions.size());
  set.isotopologue_levels.resize(maker.levels().size());
  for (std::size_t number = 0; number < maker.levels().size(); ++number) {
    set.isotopologue_levels[place_of[number]] = maker.levels()[number];
  }
  for (std::size_t l = 0; l < lists.size(); ++l) {
    const auto renumber = [&](std::vector<std::uint32_t>& ions, bool targets) {
      for (std::uint32_t& ion : ions) {
        if (ion == kNoIon) continue;
        ion = place_of[ion];
        if (targets) set.is_target[ion] = 1;
        if (lists[l].targeted) set.is_targeted[ion] = 1;
      }
    };
    renumber(set.lists[l].targets, true);
    renumber(set.lists[l].decoys, false);
  }
  return set;
}

std::uint64_t ion_count_bound(std::uint64_t formulas, const IonSettings& settings) {
  const std::uint64_t prefixes =
      (1 + settings.chem_mods.size()) * (1 + settings.neutral_losses.size());
  const std::uint64_t targets = prefixes * settings.adducts.size();
  const std::uint64_t draws = settings.version == chem::AnalysisVersion::kV1 ? targets : prefixes;
  return formulas * (targets + draws * settings.decoy_sample_size);
}

namespace {

/// What the lists' places of their ions take.
std::uint64_t lists_memory_bytes(std::uint64_t formulas, const IonSettings& settings) {
  const std::uint64_t modifiers = (1 + settings.chem_mods.size()) *
                                  (1 + settings.neutral_losses.size()) * settings.adducts.size();
  const std::uint64_t draws = formulas * modifiers * settings.decoy_sample_size;
  return draws * (sizeof(std::uint32_t) + sizeof(std::uint8_t)) +
         formulas * modifiers * sizeof(std::uint32_t);
}

}  // namespace

FormulaSizes& FormulaSizes::operator+=(const FormulaSizes& other) {
  count += other.count;
  text_bytes += other.text_bytes;
  ion_text_bytes += other.ion_text_bytes;
  long_ions += other.long_ions;
  return *this;
}

FormulaSizes formula_sizes(std::span<const std::string> formulas, const IonSettings& settings) {
  // An ion's text has no letter or digit that neither formula nor modifier has, but for a digit
  // more where atoms are added up.
  std::size_t added = 0;
  for (const TargetModifier& modifier : target_modifiers(settings)) {
    constexpr std::size_t kDecoyAdduct = 3;  // a sign and an element
    added = std::max({added, modifier.text.size(), modifier.prefix.size() + kDecoyAdduct});
  }
  const std::uint64_t ions_each = ion_count_bound(1, settings);
  FormulaSizes sizes{.count = formulas.size()};
  for (const std::string& formula : formulas) {
    const std::size_t longest = formula.size() + added;
    sizes.text_bytes += formula.size() + 1;
    sizes.ion_text_bytes += ions_each * longest;
    if (longest > kShortText) sizes.long_ions += ions_each;
  }
  return sizes;
}

std::uint64_t ion_set_memory_bound_bytes(const FormulaSizes& formulas,
                                         const IonSettings& settings) {
  return lists_memory_bytes(formulas.count, settings) +
         ion_count_bound(formulas.count, settings) * kBytesPerNumberedIon +
         formulas.long_ions * kBytesPerLongText;
}

std::uint64_t ions_memory_bound_bytes(std::uint64_t formulas, const IonSettings& settings) {
  return lists_memory_bytes(formulas, settings) +
         ion_count_bound(formulas, settings) * kBytesPerIon +
         chem::IsotopologueBound::memory_bound_bytes();
}

}  // namespace ionloom::stages
