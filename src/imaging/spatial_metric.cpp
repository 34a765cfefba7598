#include "imaging/spatial_metric.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ionloom::imaging {
namespace {

/// Above this many pixels the reference's arithmetic (NumPy 1.x) turns from f32 to f64.
constexpr std::uint32_t kLastSinglePixelCount = 65'535;

/// The images at every pixel where any of them is not 0: row k holds image k.
struct Overlap {
  std::vector<float> values;  ///< images x pixels
  std::size_t pixels = 0;

  [[nodiscard]] std::span<const float> row(std::size_t k) const {
    return std::span(values).subspan(k * pixels, pixels);
  }
};

Overlap overlap_of(std::span<const IonImage> images) {
  std::vector<std::uint32_t> pixels;
  for (const IonImage& image : images) {
    const std::size_t middle = pixels.size();
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      if (image.values[i] != 0) pixels.push_back(image.pixels[i]);
    }
    std::inplace_merge(pixels.begin(), pixels.begin() + static_cast<std::ptrdiff_t>(middle),
                       pixels.end());
    pixels.erase(std::unique(pixels.begin(), pixels.end()), pixels.end());
  }
  Overlap overlap{std::vector<float>(images.size() * pixels.size(), 0.0F), pixels.size()};
  for (std::size_t k = 0; k < images.size(); ++k) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < images[k].pixels.size(); ++i) {
      if (images[k].values[i] == 0) continue;
      while (pixels[at] != images[k].pixels[i]) ++at;
      overlap.values[k * pixels.size() + at] = images[k].values[i];
    }
  }
  return overlap;
}

/// Correlations of row 0 with the other rows. `Sum` is the type of the plain sums behind the means,
/// `Real` that of everything else; one addition after the other, as the reference does it.
template <class Sum, class Real>
std::vector<double> correlations(const Overlap& overlap, std::size_t rows,
                                 std::uint32_t pixel_count) {
  const Real n = static_cast<Real>(pixel_count);
  const Real zeros = static_cast<Real>(pixel_count - overlap.pixels);
  const Real freedom = static_cast<Real>(pixel_count - 1);
  std::vector<Real> means;
  for (std::size_t k = 0; k < rows; ++k) {
    Sum sum = 0;
    for (const float value : overlap.row(k)) sum += static_cast<Sum>(value);
    means.push_back(static_cast<Real>(sum) / n);
  }
  const auto first = overlap.row(0);
  std::vector<double> result;
  Real variance_0 = 0;
  for (std::size_t k = 0; k < rows; ++k) {
    const auto row = overlap.row(k);
    Real own = 0;
    Real cross = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Real x = static_cast<Real>(row[i]) - means[k];
      const Real x0 = static_cast<Real>(first[i]) - means[0];
      own += x * x;
      cross += x0 * x;
    }
    const Real variance = (own + means[k] * means[k] * zeros) / freedom;
    if (k == 0) {
      variance_0 = variance;
      continue;
    }
    const Real covariance = (cross + means[0] * means[k] * zeros) / freedom;
    const Real correlation = covariance / std::sqrt(variance_0 * variance);
    result.push_back(std::isfinite(correlation) ? static_cast<double>(correlation) : 0.0);
  }
  return result;
}

}  // namespace

double spatial_metric(std::span<const IonImage> images, std::span<const float> theoretical,
                      std::uint32_t pixel_count, SpatialArithmetic arithmetic) {
  const auto positive = std::ranges::count_if(images[0].values, [](float v) { return v > 0; });
  if (positive < 2) return 0;
  double weights = 0;
  for (std::size_t k = 1; k < theoretical.size(); ++k) weights += theoretical[k];
  if (weights == 0) return 0;

  const Overlap overlap = overlap_of(images);
  const std::vector<double> correlation =
      arithmetic == SpatialArithmetic::kDouble
          ? correlations<double, double>(overlap, images.size(), pixel_count)
      : pixel_count <= kLastSinglePixelCount
          ? correlations<float, float>(overlap, images.size(), pixel_count)
          : correlations<float, double>(overlap, images.size(), pixel_count);
  double weighted = 0;
  for (std::size_t k = 1; k < images.size(); ++k) weighted += correlation[k - 1] * theoretical[k];
  return std::clamp(weighted / weights, 0.0, 1.0);
}

}  // namespace ionloom::imaging
