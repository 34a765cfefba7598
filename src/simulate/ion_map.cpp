#include "simulate/ion_map.h"

#include <algorithm>
#include <cmath>

#include "chem/transcendental.h"

namespace ionloom::simulate {
namespace {

void draw_gradient(IonMap& map, const Tissue& tissue, RandomStream& random) {
  double dx = random.normal();
  double dy = random.normal();
  const double length = std::sqrt(dx * dx + dy * dy);
  dx = length > 0 ? dx / length : 1;
  dy = length > 0 ? dy / length : 0;
  // The projections of the box's corners bound those of the tissue.
  const double w = tissue.width;
  const double h = tissue.height;
  map.direction_x = dx;
  map.direction_y = dy;
  map.level = std::min(0.0, dx * w) + std::min(0.0, dy * h);
  map.width = std::abs(dx) * w + std::abs(dy) * h;
}

void draw_spots(IonMap& map, const Tissue& tissue, RandomStream& random) {
  const double shorter = std::min(tissue.width, tissue.height);
  const std::uint64_t count = 2 + random.below(map.spots.size() - 1);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint32_t centre = tissue.pixels[random.below(tissue.pixels.size())];
    const double sigma_px = std::max(1.5, shorter * random.uniform(0.05, 0.15));
    map.spots[i] = {static_cast<float>(tissue.x(centre)), static_cast<float>(tissue.y(centre)),
                    static_cast<float>(2 * sigma_px * sigma_px)};
  }
}

void draw_region_levels(IonMap& map, const Tissue& tissue, RandomStream& random) {
  for (float& level : map.region_level) level = static_cast<float>(random.uniform(0.0, 0.25));
  const std::uint64_t high = 1 + random.below(2);
  for (std::uint64_t i = 0; i < high; ++i) {
    map.region_level[random.below(tissue.regions)] = static_cast<float>(random.uniform(0.7, 1.0));
  }
}

double spots_value(const IonMap& map, double x, double y) {
  double sum = 0;
  for (const IonMap::Spot& spot : map.spots) {
    if (spot.width_px2 == 0) break;
    const double dx = x - spot.x;
    const double dy = y - spot.y;
    sum += chem::exact_exp(-(dx * dx + dy * dy) / spot.width_px2);
  }
  return std::min(1.0, sum);
}

double shape_value(const IonMap& map, const Tissue& tissue, std::uint32_t pixel) {
  switch (map.kind) {
    case MapKind::kEven:
      return 1;
    case MapKind::kGradient:
      return (tissue.x(pixel) * map.direction_x + tissue.y(pixel) * map.direction_y - map.level) /
             map.width;
    case MapKind::kEdge: {
      const double z = (tissue.fields[map.field][pixel] - map.level) / map.width;
      return 1 / (1 + chem::exact_exp(map.inverted ? z : -z));
    }
    case MapKind::kBlobs:
      return spots_value(map, tissue.x(pixel), tissue.y(pixel));
    case MapKind::kRegions:
      return map.region_level[tissue.region[pixel]];
    case MapKind::kLayer: {
      const double z = (tissue.fields[map.field][pixel] - map.level) / map.width;
      return chem::exact_exp(-0.5 * z * z);
    }
    case MapKind::kRim:
      return chem::exact_exp(-tissue.depth[pixel] / map.width);
    case MapKind::kCore:
      return 1 - chem::exact_exp(-tissue.depth[pixel] / map.width);
  }
  return 0;
}

}  // namespace

std::string_view map_kind_name(MapKind kind) {
  constexpr std::array<std::string_view, kMapKinds> kNames = {
      "even", "gradient", "edge", "blobs", "regions", "layer", "rim", "core"};
  return kNames[static_cast<std::size_t>(kind)];
}

IonMap draw_ion_map(const Tissue& tissue, RandomStream& random) {
  constexpr std::uint64_t kCoarse = Tissue::kFields / 2;  // fields from here on are anatomy
  IonMap map;
  map.kind = static_cast<MapKind>(random.below(kMapKinds));
  map.field = static_cast<std::uint8_t>(kCoarse + random.below(Tissue::kFields - kCoarse));
  map.texture = static_cast<std::uint8_t>(random.below(kCoarse));
  map.inverted = random.below(2) == 1;
  switch (map.kind) {
    case MapKind::kEven:
      break;
    case MapKind::kGradient:
      draw_gradient(map, tissue, random);
      break;
    case MapKind::kEdge:
      map.level = random.uniform(0.25, 0.75);
      map.width = random.uniform(0.01, 0.04);
      break;
    case MapKind::kBlobs:
      draw_spots(map, tissue, random);
      break;
    case MapKind::kRegions:
      draw_region_levels(map, tissue, random);
      break;
    case MapKind::kLayer:
      map.level = random.uniform(0.15, 0.85);
      map.width = random.uniform(0.06, 0.15);
      break;
    case MapKind::kRim:
    case MapKind::kCore:
      map.width = random.uniform(0.1, 0.35);
      break;
  }
  return map;
}

double ion_map_value(const IonMap& map, const Tissue& tissue, std::uint32_t pixel) {
  const double texture = 0.65 + 0.35 * tissue.fields[map.texture][pixel];
  const double value = std::clamp(shape_value(map, tissue, pixel), 0.0, 1.0) * texture;
  return value < 0.01 ? 0.0 : value;
}

}  // namespace ionloom::simulate
