#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

#include "imaging/ion_images.h"
#include "imaging/pixel_grid.h"

namespace ionloom::imaging {

/// A grid whose pixels all have a spectrum.
inline PixelGrid full_grid(std::uint32_t width, std::uint32_t height) {
  PixelGrid grid{width, height, std::vector<std::uint32_t>(width * height)};
  std::iota(grid.positions.begin(), grid.positions.end(), 0U);
  return grid;
}

/// The image of a value for each pixel, without those that are 0.
inline IonImage image_of(const std::vector<float>& values) {
  IonImage image;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    image.pixels.push_back(i);
    image.values.push_back(values[i]);
  }
  return image;
}

/// A table whose peaks of image k lie at m/z 100 + k, and where they are.
struct ImagePeaks {
  std::vector<Peak> peaks;
  std::vector<PeakRange> ranges;
};

inline ImagePeaks peaks_of(const std::vector<IonImage>& images) {
  ImagePeaks made;
  for (const IonImage& image : images) {
    const std::size_t first = made.peaks.size();
    const double mz = 100 + static_cast<double>(made.ranges.size());
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      made.peaks.push_back({mz, image.values[i], image.pixels[i]});
    }
    made.ranges.push_back({first, made.peaks.size()});
  }
  return made;
}

inline IonStack stack_of(const std::vector<IonImage>& images, std::uint32_t pixel_count) {
  const ImagePeaks made = peaks_of(images);
  IonImageExtractor extractor(pixel_count);
  IonStack stack;
  extractor.extract(made.peaks, made.ranges, stack);
  return stack;
}

}  // namespace ionloom::imaging
