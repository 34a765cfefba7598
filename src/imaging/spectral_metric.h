#pragma once

#include <span>

#include "imaging/ion_images.h"

namespace ionloom::imaging {

/// How well the intensities of the isotope images follow theory: 1 - mean absolute difference of
/// the two unit vectors, taken over the pixels where the first image is positive.
/// @param images       one for each isotope peak, empty ones included
/// @param theoretical  intensities of the pattern, 0 for a missing peak; as many as images
/// @return in [0, 1); 0 when exactly 1 or undefined
/// Source: METASPACE engine, formula_validator.isotope_pattern_match; equal to the last bit.
[[nodiscard]] double spectral_metric(std::span<const IonImage> images,
                                     std::span<const float> theoretical);

}  // namespace ionloom::imaging
