#include "simulate/planted_ions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "simulate/approximate_pattern.h"

namespace ionloom::simulate {
namespace {

/// Sum formulas of phosphatidylcholines, C(n+8)H(2n+16-2d)NO8P.
std::vector<std::string> many_formulas() {
  std::vector<std::string> formulas;
  for (int n = 20; n < 60; ++n) {
    for (int d = 0; d < 10; ++d) {
      formulas.push_back(fmt::format("C{}H{}NO8P", n + 8, 2 * n + 16 - 2 * d));
    }
  }
  return formulas;
}

struct Planting {
  Tissue tissue = make_tissue({.width = 40, .height = 30, .coverage = 0.8}, 9);
  Instrument instrument = typical_instrument(Analyzer::kFticr);

  Result<PlantedIons> plant(PlantingOptions options, std::uint64_t seed = 9) const {
    if (options.adducts.empty()) options.adducts = {"+H", "+Na", "+K"};
    return plant_ions(options, many_formulas(), approximate_pattern, tissue, instrument, seed);
  }
};

TEST(PlantedIons, isotopic_peaks_2_3_and_4_are_undetected_in_6_50_and_60_percent_of_the_ions) {
  const Result<PlantedIons> planted = Planting().plant({.ions = 500});
  ASSERT_TRUE(planted);
  const double shares[] = {0.0, 0.06, 0.5, 0.6};
  for (std::size_t k = 0; k < kIsotopePeaks; ++k) {
    const auto undetected = std::count_if(planted->ions.begin(), planted->ions.end(),
                                          [&](const PlantedIon& ion) { return !ion.detected[k]; });
    EXPECT_NEAR(static_cast<double>(undetected) / 500, shares[k], 0.002) << "peak " << k + 1;
  }
}

TEST(PlantedIons, abundances_are_log_normal_with_the_drawn_spread_between_0_45_and_0_7) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Result<PlantedIons> planted = Planting().plant({.ions = 1000}, seed);
    ASSERT_TRUE(planted);
    EXPECT_GE(planted->abundance_sd_dex, 0.45);
    EXPECT_LE(planted->abundance_sd_dex, 0.7);
    double sum = 0;
    double squares = 0;
    for (const PlantedIon& ion : planted->ions) {
      const double dex = std::log10(ion.abundance);
      sum += dex / 1000;
      squares += dex * dex / 1000;
    }
    // Ions too weak to be seen anywhere are lifted, which narrows the spread a little.
    EXPECT_NEAR(std::sqrt(squares - sum * sum), planted->abundance_sd_dex, 0.12);
  }
}

TEST(PlantedIons, only_the_planted_fraction_of_the_list_is_present) {
  const Result<PlantedIons> planted = Planting().plant({.planted_fraction = 0.25});
  ASSERT_TRUE(planted);
  std::set<std::string> formulas;
  std::set<std::string> ions;
  for (const PlantedIon& ion : planted->ions) {
    formulas.insert(ion.formula);
    ions.insert(ion.formula + ion.adduct);
  }
  EXPECT_EQ(formulas.size(), 100U);
  EXPECT_EQ(ions.size(), planted->ions.size());
  EXPECT_NEAR(static_cast<double>(ions.size()), 180, 25);  // 1 + 2 x 0.4 adducts a formula
}

TEST(PlantedIons, patterns_are_the_callers_four_strongest_peaks_in_ascending_mz) {
  const Planting planting;
  const PatternFunction five_peaks = [](const std::string&, const std::string&) {
    return std::vector<std::pair<double, double>>{
        {503, 1}, {500, 100}, {501, 50}, {504, 0.5}, {502, 10}};
  };
  const Result<PlantedIons> planted =
      plant_ions({.ions = 1, .adducts = {"+H"}}, {"C6H12O6"}, five_peaks, planting.tissue,
                 planting.instrument, 1);
  ASSERT_TRUE(planted);
  const PlantedIon& ion = planted->ions[0];
  EXPECT_EQ(ion.peaks, 4);
  EXPECT_EQ(ion.mz, (std::array<double, 4>{500, 501, 502, 503}));
  EXPECT_EQ(ion.ratio, (std::array<double, 4>{1, 0.5, 0.1, 0.01}));
}

TEST(PlantedIons, asking_for_more_ions_than_the_list_allows_is_refused_with_the_number) {
  const Result<PlantedIons> planted = Planting().plant({.ions = 5000});
  ASSERT_FALSE(planted);
  EXPECT_EQ(planted.error().code, ErrorCode::kUsage);
  EXPECT_NE(planted.error().message().find("1200"), std::string::npos);
}

TEST(PlantedIons, a_list_without_a_possible_ion_is_refused) {
  const Planting planting;
  const PatternFunction none = [](const std::string&, const std::string&) {
    return std::vector<std::pair<double, double>>{};
  };
  EXPECT_FALSE(
      plant_ions({.adducts = {"+H"}}, {"C6H12O6"}, none, planting.tissue, planting.instrument, 1));
}

}  // namespace
}  // namespace ionloom::simulate
