#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "imaging/ion_images.h"
#include "tasks/object_layout.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kImagesKind = {'I', 'L', 'I', 'M', 'A', 'G', 'E', '1'};

/// A pixel of an image as it lies in an object of images.
struct ImageValue {
  std::uint32_t pixel = 0;  ///< number in PixelGrid::positions
  float intensity = 0;
};
static_assert(sizeof(ImageValue) == 8);

/// Images of ions (docs/formats/stage-objects.md).
struct IonImages {
  std::uint64_t isotope_peaks = 0;
  std::vector<std::uint32_t> ion;         ///< number in the ion set
  std::vector<imaging::IonImage> images;  ///< [ion][isotope peak]
};

[[nodiscard]] Result<IonImages> decode_images(std::span<const std::byte> bytes);

}  // namespace ionloom::tasks
