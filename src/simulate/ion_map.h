#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "simulate/random_stream.h"
#include "simulate/tissue.h"

namespace ionloom::simulate {

/// How an ion is spread over the tissue.
enum class MapKind : std::uint8_t {
  kEven,      ///< everywhere, with a soft texture
  kGradient,  ///< rising from one side to the other
  kEdge,      ///< on one side of a sharp border
  kBlobs,     ///< a few round spots
  kRegions,   ///< high in one or two compartments
  kLayer,     ///< a band that follows the anatomy
  kRim,       ///< at the border of the tissue
  kCore,      ///< inside, away from the border
};
inline constexpr std::uint8_t kMapKinds = 8;

/// "even", "gradient", ...: the word in the truth table.
[[nodiscard]] std::string_view map_kind_name(MapKind kind);

/// A distribution as a formula over the tissue's shared fields: no image is stored, so a thousand
/// ions cost nothing.
struct IonMap {
  struct Spot {
    float x = 0, y = 0;   ///< px
    float width_px2 = 0;  ///< 2 sigma^2; 0 marks the end of the list
  };
  MapKind kind = MapKind::kEven;
  std::uint8_t field = 0;    ///< the structure that is followed (kEdge, kLayer)
  std::uint8_t texture = 0;  ///< the fine field that modulates all kinds
  bool inverted = false;
  double level = 0;  ///< kEdge, kLayer: place; kGradient: lowest projection, px
  double width = 1;  ///< kEdge, kLayer, kRim, kCore: softness; kGradient: length, px
  double direction_x = 0, direction_y = 0;  ///< kGradient: unit vector
  std::array<Spot, 5> spots{};              ///< kBlobs
  std::array<float, Tissue::kMostRegions> region_level{};
};

[[nodiscard]] IonMap draw_ion_map(const Tissue& tissue, RandomStream& random);

/// Relative abundance in [0, 1] at a pixel of the tissue; below 0.01 it is exactly 0.
[[nodiscard]] double ion_map_value(const IonMap& map, const Tissue& tissue, std::uint32_t pixel);

}  // namespace ionloom::simulate
