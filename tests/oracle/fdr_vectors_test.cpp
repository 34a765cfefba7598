// False-discovery rates against METASPACE's own: single maps from scores to rates, and whole
// rankings from a list of formulas with their decoys on. No tolerance.

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fdr/fdr_ranking.h"
#include "oracle/support/decoy_rows.h"
#include "oracle/support/shared_folder.h"
#include "oracle/support/text_gz.h"
#include "stages/rank.h"

namespace ionloom::oracle {
namespace {

using nlohmann::json;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

TEST(OracleFdr, maps_from_scores_to_rates_are_those_of_metaspace) {
  const auto file = shared_path("oracle/units/fdr_maps.json.gz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const json maps = json::parse(read_text_gz(*file));
  ASSERT_EQ(maps.size(), 192U);
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const json& map = maps[i];
    const fdr::RankingRule rule{.decoy_ratio = map["ratio"],
                                .rule_of_succession = map["rule_of_succession"],
                                .monotonic = map["monotonic"]};
    ASSERT_EQ(fdr::rates_at(map["score"].get<Numbers>(), map["targets"].get<Numbers>(),
                            map["decoys"].get<Numbers>(), rule),
              map["fdr"].get<Numbers>())
        << "map " << i;
  }
}

/// Formula and modifier: what METASPACE gives a score to in these rankings. Several may have the
/// same ion formula, so that they are numbered here instead of ions.
using IonName = std::array<std::string, 2>;

/// A ranking of the reference, as the rank stage takes it.
struct Ranking {
  chem::AnalysisVersion version = chem::AnalysisVersion::kV3;
  Texts formulas;
  stages::IonSet ions;
  std::vector<stages::MeasuredIon> measured;
};

Ranking load(const json& reference) {
  Ranking ranking;
  if (reference["version"] == 1) ranking.version = chem::AnalysisVersion::kV1;
  ranking.formulas = reference["formulas"].get<Texts>();
  const stages::FormulaList list{.formulas = ranking.formulas};
  ranking.ions =
      stages::enumerate_ions({&list, 1}, {.version = ranking.version,
                                          .adducts = reference["adducts"],
                                          .neutral_losses = reference["neutral_losses"],
                                          .chem_mods = reference["chem_mods"],
                                          .decoy_sample_size = reference["decoy_sample_size"]})
          .value();
  std::map<IonName, std::uint32_t> numbers;
  for (const json& ion : reference["ions"]) {
    const auto number = static_cast<std::uint32_t>(numbers.size());
    numbers[{ion[0], ion[1]}] = number;
    ranking.measured.push_back({number, {.msm = ion[2], .images = {}}});
  }
  const auto number_of = [&](const std::string& formula, const std::string& modifier) {
    const auto found = numbers.find({formula, modifier});
    return found == numbers.end() ? stages::kNoIon : found->second;
  };
  stages::ListIons& own = ranking.ions.lists[0];
  own.targets.clear();
  own.decoys.clear();
  for (const std::string& formula : ranking.formulas) {
    for (const auto& modifier : ranking.ions.modifiers) {
      own.targets.push_back(number_of(formula, modifier.text));
    }
  }
  for (const DecoyRow& row : decoy_rows(ranking.ions, 0, ranking.formulas)) {
    own.decoys.push_back(number_of(row[0], row[2]));
  }
  return ranking;
}

void expect_same_decoys(const Ranking& ranking, const json& reference) {
  const auto rows = decoy_rows(ranking.ions, 0, ranking.formulas);
  EXPECT_EQ(rows.size(), reference["n_decoy_rows"].get<std::size_t>());
  const auto first = reference["decoys_first5"].get<std::vector<DecoyRow>>();
  ASSERT_LE(first.size(), rows.size());
  EXPECT_TRUE(std::ranges::equal(first, std::span(rows).first(first.size())));
}

TEST(OracleFdr, rankings_of_formulas_and_their_decoys_are_those_of_metaspace) {
  const auto file = shared_path("oracle/units/fdr_estimates.json");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const json references = json::parse(read_text_gz(*file));
  ASSERT_EQ(references.size(), 6U);
  for (std::size_t i = 0; i < references.size(); ++i) {
    SCOPED_TRACE("ranking " + std::to_string(i));
    const Ranking ranking = load(references[i]);
    expect_same_decoys(ranking, references[i]);
    std::map<IonName, std::array<double, 2>> ours, reference;  // score and rate
    for (const auto& ion :
         stages::rank_list(ranking.ions, 0, ranking.measured, ranking.version, {})) {
      ours[{ranking.formulas[ion.formula], ranking.ions.modifiers[ion.modifier].text}] = {ion.score,
                                                                                          ion.fdr};
    }
    for (const json& row : references[i]["result"]) {
      reference[{row[0], row[1]}] = {row[2], row[3]};
    }
    EXPECT_EQ(ours, reference);
  }
}

}  // namespace
}  // namespace ionloom::oracle
