#include "report/annotation_table.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "sample_annotation.h"

namespace ionloom::report {
namespace {

Annotation ion(std::string formula, std::string adduct, std::string ion_formula,
               std::vector<double> mzs) {
  Annotation a;
  a.formula = std::move(formula);
  a.adduct = std::move(adduct);
  a.ion_formula = std::move(ion_formula);
  for (const double mz : mzs) {
    a.peaks.push_back({.theoretical_mz = mz, .has_image = true});
  }
  return a;
}

/// Of one list, with ions numbered by their formulas.
IonNeighbours neighbours_of(const std::vector<Annotation>& list, double ppm) {
  std::map<std::string, std::uint32_t> ions;
  IonNeighbours neighbours(ppm);
  for (const Annotation& a : list) {
    const auto number = static_cast<std::uint32_t>(ions.size());
    neighbours.add(ions.try_emplace(a.ion_formula, number).first->second, a.peaks);
  }
  neighbours.sort();
  return neighbours;
}

std::vector<std::string> isobars_at(const std::vector<Annotation>& list,
                                    const IonNeighbours& neighbours, std::size_t i) {
  std::vector<std::string> texts;
  for (const std::uint32_t other : neighbours.isobars_of(i, list[i].peaks)) {
    texts.push_back(ion_text(list[other], true));
  }
  return texts;
}

std::vector<std::string> isobars_of(const std::vector<Annotation>& list, double ppm = 3) {
  return isobars_at(list, neighbours_of(list, ppm), 0);
}

using Ions = std::vector<std::string>;

TEST(IonText, is_formula_modifiers_and_polarity) {
  Annotation a = testing::sample_annotation();
  EXPECT_EQ(ion_text(a, true), "C45H80O6+H+");
  a.formula = "C6H12O6";
  a.chem_mod = "+C2H2O";
  a.neutral_loss = "-H2O";
  a.adduct = "-H";
  EXPECT_EQ(ion_text(a, false), "C6H12O6+C2H2O-H2O-H-");
}

TEST(IonText, leaves_out_the_adduct_of_a_bare_ion) {
  Annotation a;
  a.formula = "C6H6";
  a.adduct = "[M]+";
  EXPECT_EQ(ion_text(a, true), "C6H6+");
  a.adduct = "[M]-";
  EXPECT_EQ(ion_text(a, false), "C6H6-");
}

TEST(Isomers, are_among_those_with_the_same_ion_formula) {
  // C6H12O6 - H2O + H and C6H10O5 + H are both C6H11O5.
  std::vector<Annotation> list = {ion("C6H12O6", "+H", "C6H13O6", {181.07}),
                                  ion("C6H12O6", "+H", "C6H11O5", {163.06}),
                                  ion("C6H10O5", "+H", "C6H11O5", {163.06})};
  list[1].neutral_loss = "-H2O";
  const IonNeighbours neighbours = neighbours_of(list, 3);
  EXPECT_TRUE(std::ranges::equal(neighbours.with_ion_of(0), std::vector{0U}));
  EXPECT_TRUE(std::ranges::equal(neighbours.with_ion_of(1), std::vector{1U, 2U}));
  EXPECT_TRUE(std::ranges::equal(neighbours.with_ion_of(2), std::vector{1U, 2U}));
}

TEST(Isobars, first_peaks_that_overlap_suffice) {
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {100.0}), ion("B", "+H", "BH", {100.0005})}),
            Ions{"B+H+"});
}

TEST(Isobars, one_overlap_of_other_peaks_does_not_suffice) {
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {100, 101}), ion("B", "+H", "BH", {101, 102})}),
            Ions{});
}

TEST(Isobars, two_overlaps_of_other_peaks_suffice) {
  EXPECT_EQ(
      isobars_of({ion("A", "+H", "AH", {100, 101, 102}), ion("B", "+H", "BH", {101, 102, 103})}),
      Ions{"B+H+"});
}

TEST(Isobars, one_peak_that_overlaps_two_counts_as_two_pairs) {
  EXPECT_EQ(isobars_of(
                {ion("A", "+H", "AH", {100, 101}), ion("B", "+H", "BH", {99, 100.9999, 101.0001})}),
            Ions{"B+H+"});
}

TEST(Isobars, same_ion_formula_is_an_isomer_and_no_isobar) {
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {100}), ion("AH", "[M]+", "AH", {100})}), Ions{});
}

TEST(Isobars, peaks_without_an_image_do_not_count) {
  std::vector<Annotation> list = {ion("A", "+H", "AH", {100}), ion("B", "+H", "BH", {100})};
  list[1].peaks[0].has_image = false;
  EXPECT_EQ(isobars_of(list), Ions{});
}

TEST(Isobars, missing_peaks_do_not_count) {
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {100, 0, 0}), ion("B", "+H", "BH", {101, 0, 0})}),
            Ions{});
}

TEST(Isobars, windows_that_touch_overlap) {
  // 125,000 ppm is one eighth: 70 + 8.75 and 90 - 11.25 are both 78.75.
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {70}), ion("B", "+H", "BH", {90})}, 125'000),
            Ions{"B+H+"});
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {70}), ion("B", "+H", "BH", {90.001})}, 125'000),
            Ions{});
}

TEST(Isobars, are_named_in_the_order_of_the_list) {
  EXPECT_EQ(isobars_of({ion("A", "+H", "AH", {100}), ion("Z", "+H", "ZH", {100.0001}),
                        ion("B", "+H", "BH", {99.9999})}),
            (Ions{"Z+H+", "B+H+"}));
}

/// The rule as es_export.py states it, pair by pair.
Ions slow_isobars(const std::vector<Annotation>& list, std::size_t i, double ppm) {
  Ions isobars;
  for (std::size_t j = 0; j < list.size(); ++j) {
    std::size_t pairs = 0;
    bool both_first = false;
    for (std::size_t k = 0; k < list[i].peaks.size(); ++k) {
      for (std::size_t l = 0; l < list[j].peaks.size(); ++l) {
        const auto& a = list[i].peaks[k];
        const auto& b = list[j].peaks[l];
        const double half_a = a.theoretical_mz * ppm * 1e-6;
        const double half_b = b.theoretical_mz * ppm * 1e-6;
        if (a.has_image && b.has_image && a.theoretical_mz != 0 && b.theoretical_mz != 0 &&
            a.theoretical_mz - half_a <= b.theoretical_mz + half_b &&
            b.theoretical_mz - half_b <= a.theoretical_mz + half_a) {
          ++pairs;
          both_first = both_first || (k == 0 && l == 0);
        }
      }
    }
    if (list[i].ion_formula != list[j].ion_formula && (both_first || pairs > 1)) {
      isobars.push_back(ion_text(list[j], true));
    }
  }
  return isobars;
}

std::vector<Annotation> random_list(std::size_t size, double mz_range, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> mz(100, 100 + mz_range);
  std::vector<Annotation> list;
  for (std::size_t i = 0; i < size; ++i) {
    const double first = mz(random);
    list.push_back(
        ion("F" + std::to_string(i), "+H", "F" + std::to_string(random() % size),
            {first, first + 1.00335, first + 2.0067, random() % 4 == 0 ? 0 : first + 3}));
    for (auto& peak : list.back().peaks) {
      peak.has_image = peak.theoretical_mz != 0 && random() % 5 != 0;
    }
  }
  return list;
}

TEST(Isobars, equal_the_quadratic_rule_on_random_lists) {
  std::size_t found = 0;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    auto list = random_list(150, 4, seed);
    const IonNeighbours neighbours = neighbours_of(list, 100);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Ions isobars = isobars_at(list, neighbours, i);
      ASSERT_EQ(isobars, slow_isobars(list, i, 100)) << "seed " << seed;
      found += isobars.size();
    }
  }
  EXPECT_GT(found, 1000U);  // the lists are dense enough to mean something
}

TEST(Isobars, of_a_hundred_thousand_annotations_take_seconds_at_most) {
  auto list = random_list(100'000, 900, 1);
  const auto begin = std::chrono::steady_clock::now();
  const IonNeighbours neighbours = neighbours_of(list, 3);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_LT(neighbours.isobars_of(i, list[i].peaks).size(), list.size());
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(elapsed.count(), 10);  // under 0.5 s when alone; a quadratic search takes minutes
}

TEST(MassError, is_signed_and_relative_to_the_monoisotopic_mz) {
  Annotation a;
  a.mz = 500;
  a.mz_err_abs = -0.001;
  EXPECT_DOUBLE_EQ(mass_error_ppm(a), -2);
}

TEST(ShownMolecules, are_the_first_fifty_with_clean_names) {
  std::vector<Molecule> molecules;
  for (int i = 0; i < 60; ++i) {
    molecules.push_back({"id" + std::to_string(i), " name" + std::to_string(i) + ";"});
  }
  Annotation a;
  a.molecules = std::move(molecules);
  const auto shown = shown_molecules(a);
  ASSERT_EQ(shown.size(), 50U);
  EXPECT_EQ(shown.back().id, "id49");
  EXPECT_EQ(shown.back().name, "name49");
}

}  // namespace
}  // namespace ionloom::report
