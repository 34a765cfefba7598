#include "stages/rank.h"

#include <algorithm>
#include <optional>
#include <string>

#include "fdr/fdr_ranking.h"

namespace ionloom::stages {
namespace {

/// Finds an ion among the kept ones.
class KeptIons {
 public:
  explicit KeptIons(std::span<const MeasuredIon> measured) : measured_(measured) {}

  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t ion) const {
    if (ion == kNoIon) return std::nullopt;
    const auto found = std::ranges::lower_bound(measured_, ion, {}, &MeasuredIon::ion);
    if (found == measured_.end() || found->ion != ion) return std::nullopt;
    return static_cast<std::uint32_t>(found - measured_.begin());
  }

  [[nodiscard]] double msm(std::uint32_t at) const { return measured_[at].metrics.msm; }

 private:
  std::span<const MeasuredIon> measured_;
};

}  // namespace

std::vector<RankedIon> rank_list(const IonSet& ions, std::size_t list,
                                 std::span<const MeasuredIon> measured,
                                 chem::AnalysisVersion version) {
  const ListIons& own = ions.lists[list];
  const std::size_t modifiers = ions.modifiers.size();
  const std::size_t formulas = own.targets.size() / modifiers;
  const KeptIons kept(measured);
  std::vector<RankedIon> ranked;
  for (std::size_t m = 0; m < modifiers; ++m) {
    const std::string& text = ions.modifiers[m].text;
    std::vector<double> targets;
    const std::size_t start = ranked.size();
    for (std::size_t f = 0; f < formulas; ++f) {
      const auto at = kept.find(own.targets[f * modifiers + m]);
      if (!at) continue;
      targets.push_back(kept.msm(*at));
      ranked.push_back({static_cast<std::uint32_t>(f), static_cast<std::uint32_t>(m), *at, 1.0});
    }
    // Modifiers of equal text share all their decoys.
    std::vector<std::vector<double>> samples(ions.sample_size);
    for (std::size_t f = 0; f < formulas; ++f) {
      for (std::size_t other = 0; other < modifiers; ++other) {
        if (ions.modifiers[other].text != text) continue;
        for (std::size_t s = 0; s < ions.sample_size; ++s) {
          const auto at = kept.find(own.decoys[(f * modifiers + other) * ions.sample_size + s]);
          if (at) samples[s].push_back(kept.msm(*at));
        }
      }
    }
    std::vector<double> rates;
    if (version == chem::AnalysisVersion::kV1) {
      rates = fdr::fdr_v1(targets, samples);
    } else {
      std::vector<double> decoys;
      for (const auto& sample : samples) decoys.insert(decoys.end(), sample.begin(), sample.end());
      rates = fdr::fdr_v3(targets, decoys, ions.sample_size);
    }
    for (std::size_t i = 0; i < rates.size(); ++i) ranked[start + i].fdr = rates[i];
  }
  return ranked;
}

bool is_stored(double msm, double fdr, bool targeted) {
  return targeted || (msm > 0 && fdr < 1);
}

std::uint64_t rank_memory_bound_bytes(std::uint64_t formulas, const IonSettings& settings) {
  const std::uint64_t modifiers = (1 + settings.chem_mods.size()) *
                                  (1 + settings.neutral_losses.size()) * settings.adducts.size();
  const std::uint64_t scores = formulas * (1 + settings.decoy_sample_size);
  // Scores of one modifier, their sorted copies and the samples joined, grown to twice their size;
  // version 1 keeps one ranking a sample.
  return scores * 6 * sizeof(double) + formulas * modifiers * 2 * sizeof(RankedIon);
}

}  // namespace ionloom::stages
