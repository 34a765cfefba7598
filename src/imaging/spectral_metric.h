#pragma once

#include <span>
#include <vector>

#include "imaging/ion_images.h"

namespace ionloom::imaging {

/// How well the intensities of the isotope images follow theory: 1 - mean absolute difference of
/// the two unit vectors, taken over the pixels where the first image is positive.
/// @param images       one for each isotope peak
/// @param theoretical  intensities of the pattern, 0 for a missing peak; as many as images
/// @param scratch      kept from call to call, so that its memory is
/// @return in [0, 1); 0 when exactly 1 or undefined
/// Source: METASPACE engine, formula_validator.isotope_pattern_match; equal to the last bit.
[[nodiscard]] double spectral_metric(const IonStack& images, std::span<const float> theoretical,
                                     std::vector<float>& scratch);

}  // namespace ionloom::imaging
