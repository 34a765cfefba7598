#include "imaging/ion_images.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ionloom::imaging {
namespace {

/// Weighted mean and standard deviation of the m/z values, which the reference keeps as f32. Sums
/// are taken relative to the first m/z, which leaves rounding errors far below 1e-12.
void set_mz_statistics(PeakTable peaks, std::size_t first, std::size_t last, IonImage& image) {
  const double origin = static_cast<float>(peaks[first].mz);
  double weight = 0;
  double weighted = 0;
  for (std::size_t i = first; i < last; ++i) {
    weight += static_cast<double>(peaks[i].intensity);
    weighted +=
        static_cast<double>(peaks[i].intensity) * (static_cast<float>(peaks[i].mz) - origin);
  }
  const double mean = weighted / weight;
  double squares = 0;
  for (std::size_t i = first; i < last; ++i) {
    const double distance = (static_cast<float>(peaks[i].mz) - origin) - mean;
    squares += static_cast<double>(peaks[i].intensity) * (distance * distance);
  }
  image.mz_mean = origin + mean;
  image.mz_stddev = std::sqrt(squares / weight);
}

}  // namespace

void IonImage::clear() {
  pixels.clear();
  values.clear();
  mz_mean = 0;
  mz_stddev = 0;
}

IonImageExtractor::IonImageExtractor(std::uint32_t pixel_count)
    : dense_(pixel_count, 0.0F), touched_((pixel_count + 63) / 64, 0) {}

void IonImageExtractor::extract(PeakTable peaks, std::size_t first, std::size_t last,
                                IonImage& image) {
  image.clear();
  if (first == last) return;
  std::size_t lowest_word = touched_.size();
  std::size_t highest_word = 0;
  for (std::size_t i = first; i < last; ++i) {
    const std::uint32_t pixel = peaks[i].pixel;
    dense_[pixel] += peaks[i].intensity;
    const std::size_t word = pixel / 64;
    touched_[word] |= std::uint64_t{1} << (pixel % 64);
    lowest_word = std::min(lowest_word, word);
    highest_word = std::max(highest_word, word);
  }
  for (std::size_t word = lowest_word; word <= highest_word; ++word) {
    for (std::uint64_t bits = touched_[word]; bits != 0; bits &= bits - 1) {
      const auto pixel = static_cast<std::uint32_t>(word * 64 + std::countr_zero(bits));
      image.pixels.push_back(pixel);
      image.values.push_back(dense_[pixel]);
      dense_[pixel] = 0;
    }
    touched_[word] = 0;
  }
  set_mz_statistics(peaks, first, last, image);
}

void scatter(const IonImage& image, std::span<float> dense) {
  for (std::size_t i = 0; i < image.pixels.size(); ++i) dense[image.pixels[i]] = image.values[i];
}

}  // namespace ionloom::imaging
