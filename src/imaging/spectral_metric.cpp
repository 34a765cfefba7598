#include "imaging/spectral_metric.h"

#include <cmath>
#include <vector>

#include "imaging/numpy_sum.h"

namespace ionloom::imaging {
namespace {

/// Values of `image` at the pixels where `first` is positive, 0 where it has none.
void gather_under(const IonImage& first, const IonImage& image, std::vector<float>& values) {
  values.clear();
  std::size_t at = 0;
  for (std::size_t i = 0; i < first.pixels.size(); ++i) {
    if (!(first.values[i] > 0)) continue;
    while (at < image.pixels.size() && image.pixels[at] < first.pixels[i]) ++at;
    const bool present = at < image.pixels.size() && image.pixels[at] == first.pixels[i];
    values.push_back(present ? image.values[at] : 0.0F);
  }
}

}  // namespace

double spectral_metric(std::span<const IonImage> images, std::span<const float> theoretical) {
  std::vector<float> values;
  std::vector<float> sums;
  double squares = 0;
  for (const IonImage& image : images) {
    gather_under(images[0], image, values);
    const float sum = numpy_sum(values);
    sums.push_back(sum);
    const float square = sum * sum;
    squares += static_cast<double>(square);
  }
  const float norm = std::sqrt(static_cast<float>(squares));

  double theoretical_squares = 0;
  for (const float intensity : theoretical) {
    theoretical_squares += static_cast<double>(intensity) * static_cast<double>(intensity);
  }
  const double theoretical_norm = std::sqrt(theoretical_squares);

  double differences = 0;
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const double measured = sums[k] / norm;
    differences += std::abs(measured - theoretical[k] / theoretical_norm);
  }
  const double result = 1 - differences / static_cast<double>(sums.size());
  return result == 1 || std::isnan(result) ? 0 : result;
}

}  // namespace ionloom::imaging
