#pragma once

#include <cstdint>
#include <vector>

#include "simulate/random_stream.h"

namespace ionloom::simulate {

/// Random values that vary smoothly over a width x height box, row-major; about standard normal
/// (mean 0, standard deviation 1 over the box), with a Gaussian-like correlation.
/// @param correlation_px distance over which values stay alike, > 0; 1/4 of the box or less keeps
///        the field from being a mere slope
[[nodiscard]] std::vector<float> smooth_field(std::uint32_t width, std::uint32_t height,
                                              double correlation_px, RandomStream& random);

/// Replaces the values at `pixels` by their ranks scaled to (0, 1): exactly uniform over them.
/// Values elsewhere are left as they are.
void rank_normalise(std::vector<float>& field, const std::vector<std::uint32_t>& pixels);

}  // namespace ionloom::simulate
