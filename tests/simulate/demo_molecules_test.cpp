#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "chem/molecule_list.h"
#include "simulate/approximate_pattern.h"
#include "support/scratch_folder.h"

namespace ionloom::simulate {
namespace {

using test_support::content_of;
using test_support::ScratchFolder;

chem::MoleculeList demo_list() {
  const std::string path = IONLOOM_DATA_DIR "/demo_molecules.tsv";
  return chem::parse_molecule_list(content_of(path), "demo_molecules", path).value();
}

TEST(DemoMolecules, have_no_line_that_a_molecule_list_may_not_have) {
  const chem::MoleculeList list = demo_list();
  EXPECT_GE(list.molecules.size(), 300U);
  EXPECT_TRUE(list.warnings.empty());
  std::set<std::string> ids;
  std::set<std::string> names;
  for (const chem::ListedMolecule& molecule : list.molecules) {
    EXPECT_TRUE(ids.insert(molecule.id).second) << molecule.id;
    EXPECT_TRUE(names.insert(molecule.name).second) << molecule.name;
  }
}

TEST(DemoMolecules, have_formulas_that_a_neutral_molecule_can_have) {
  for (const std::string& formula : demo_list().formulas) {
    std::map<std::string, int> n = elements_of(formula);
    // Rings and double bonds: a whole number, not below 0.
    const int twice = 2 * n["C"] + 2 - n["H"] - n["I"] + n["N"] + n["P"];
    EXPECT_GE(twice, 0) << formula;
    EXPECT_EQ(twice % 2, 0) << formula;
    // Nitrogen rule: an odd nominal mass means an odd number of nitrogens.
    const std::map<std::string, int> nominal = {{"C", 12}, {"H", 1},  {"N", 14}, {"O", 16},
                                                {"P", 31}, {"S", 32}, {"I", 127}};
    int mass = 0;
    for (const auto& [element, count] : n) mass += nominal.at(element) * count;
    EXPECT_EQ(mass % 2, n["N"] % 2) << formula;
  }
}

TEST(DemoMolecules, have_the_known_masses) {
  // Monoisotopic masses, Da, as tabulated in public reference works.
  const std::map<std::string, double> known = {
      {"Glucose", 180.06339},  {"ATP", 506.99575},         {"Cholesterol", 386.35487},
      {"PC 34:1", 759.57780},  {"PE 38:4", 767.54651},     {"SM 34:1", 702.56757},
      {"TG 52:2", 858.76764},  {"PI 38:4", 886.55713},     {"Cer 34:1", 537.51209},
      {"CAR 16:0", 399.33486}, {"Glutathione", 307.08381}, {"Tryptophan", 204.08988},
      {"LPC 16:0", 495.33249}, {"Biotin", 244.08816},      {"Taurocholic acid", 515.29167},
      {"FA 20:4", 304.24023},  {"CE 18:1", 650.60018},     {"PS 36:1", 789.55198}};
  const chem::MoleculeList list = demo_list();
  std::size_t found = 0;
  for (const chem::ListedMolecule& molecule : list.molecules) {
    const auto it = known.find(molecule.name);
    if (it == known.end()) continue;
    ++found;
    EXPECT_NEAR(monoisotopic_mass(elements_of(list.formulas[molecule.formula_index])), it->second,
                0.0005)
        << molecule.name;
  }
  EXPECT_EQ(found, known.size());
}

}  // namespace
}  // namespace ionloom::simulate
