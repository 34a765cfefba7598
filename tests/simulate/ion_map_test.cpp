#include "simulate/ion_map.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace ionloom::simulate {
namespace {

TEST(IonMap, all_kinds_occur_and_stay_between_0_and_1) {
  const Tissue tissue = make_tissue({.width = 40, .height = 30, .coverage = 0.8}, 3);
  std::map<MapKind, int> seen;
  for (std::uint64_t i = 0; i < 200; ++i) {
    RandomStream random(3, Purpose::kIonMaps, i);
    const IonMap map = draw_ion_map(tissue, random);
    ++seen[map.kind];
    double highest = 0;
    for (const std::uint32_t p : tissue.pixels) {
      const double value = ion_map_value(map, tissue, p);
      ASSERT_GE(value, 0);
      ASSERT_LE(value, 1);
      highest = std::max(highest, value);
    }
    EXPECT_GT(highest, 0.1) << map_kind_name(map.kind);
  }
  EXPECT_EQ(seen.size(), kMapKinds);
}

TEST(IonMap, a_gradient_rises_along_its_direction_from_0_to_1_before_texture) {
  Tissue tissue = make_tissue({.width = 40, .height = 30, .coverage = 1.0}, 3);
  for (auto& field : tissue.fields) std::fill(field.begin(), field.end(), 1.0F);  // no texture
  const IonMap map{.kind = MapKind::kGradient, .level = 0, .width = 40, .direction_x = 1};
  EXPECT_DOUBLE_EQ(ion_map_value(map, tissue, 0), 0);
  EXPECT_NEAR(ion_map_value(map, tissue, 20), 0.5, 1e-12);
  EXPECT_NEAR(ion_map_value(map, tissue, 30), 0.75, 1e-12);
}

TEST(IonMap, rim_and_core_are_complements) {
  Tissue tissue = make_tissue({.width = 40, .height = 30, .coverage = 1.0}, 3);
  for (auto& field : tissue.fields) std::fill(field.begin(), field.end(), 1.0F);
  const IonMap rim{.kind = MapKind::kRim, .width = 0.3};
  const IonMap core{.kind = MapKind::kCore, .width = 0.3};
  EXPECT_DOUBLE_EQ(ion_map_value(rim, tissue, 0), 1);
  EXPECT_DOUBLE_EQ(ion_map_value(core, tissue, 0), 0);
  const std::uint32_t centre = 15 * 40 + 20;
  EXPECT_NEAR(ion_map_value(rim, tissue, centre) + ion_map_value(core, tissue, centre), 1, 1e-12);
}

}  // namespace
}  // namespace ionloom::simulate
