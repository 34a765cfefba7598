#pragma once

#include <cstdint>
#include <span>

#include "imaging/ion_images.h"

namespace ionloom::imaging {

enum class SpatialArithmetic : std::uint8_t {
  kDouble,         ///< f64 throughout: METASPACE's version 1, and the right answer
  kRunningSingle,  ///< METASPACE's version 3: running f32 sums up to 65,535 pixels, off by up to
                   ///< 1e-4
};

/// Spatial metric: Pearson correlation of the first isotope image with each other one over all
/// pixels with a spectrum, averaged with the theoretical intensities as weights.
/// @param pixel_count  pixels with a spectrum; images are 0 where they have no row
/// @return in [0, 1]; 0 with fewer than 2 positive pixels or without other theoretical peaks, and
///         when the first image shares no pixel with another one: their correlations are negative
///         then, too far from 0 for rounding to turn them
/// Source: METASPACE engine, metrics.py and formula_validator.py (spec "Metrics", recipe).
[[nodiscard]] double spatial_metric(const IonStack& images, std::span<const float> theoretical,
                                    std::uint32_t pixel_count, SpatialArithmetic arithmetic);

}  // namespace ionloom::imaging
