#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "imzml/dataset.h"

namespace ionloom::imzml {

/// How spectra lie in the image.
struct PixelSurvey {
  std::uint32_t left = 0;  ///< smallest x and y, as the file counts
  std::uint32_t top = 0;
  std::uint64_t width = 0;  ///< of the smallest box around all spectra
  std::uint64_t height = 0;
  std::uint64_t occupied = 0;        ///< pixels with at least one spectrum
  std::uint64_t repeated = 0;        ///< spectra on a pixel that an earlier spectrum lies on
  std::uint64_t z_planes = 0;        ///< distinct z
  std::uint64_t zero_positions = 0;  ///< spectra at x 0 or y 0, which the format counts from 1
  std::optional<std::size_t> first_repeated;  ///< index of a spectrum
  std::optional<std::size_t> first_zero;

  /// Share of the box's pixels that have a spectrum, in (0, 1].
  [[nodiscard]] double covered() const {
    return static_cast<double>(occupied) /
           (static_cast<double>(width) * static_cast<double>(height));
  }
};

/// REQUIRES: at least one spectrum.
[[nodiscard]] PixelSurvey survey_pixels(const std::vector<Spectrum>& spectra);

}  // namespace ionloom::imzml
