#include "imaging/spatial_metric.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "imaging/vectors.h"

namespace ionloom::imaging {
namespace {

/// Above this many pixels the reference's arithmetic (NumPy 1.x) turns from f32 to f64.
constexpr std::uint32_t kLastSinglePixelCount = 65'535;
constexpr std::size_t kGroup = IonStack::kGroup;

template <class Real>
using Four = std::conditional_t<std::is_same_v<Real, float>, Float4, Double4>;

/// A group of images: each one's mean and sums of products of differences from the means.
template <class Real>
struct GroupMoments {
  Four<Real> mean = {};
  Four<Real> own = {};    ///< with itself
  Four<Real> cross = {};  ///< with the first image
};

/// The plain sums behind the means are of type `Sum`, everything else is `Real`: one addition after
/// the other, as the reference does it.
template <class Sum, class Real>
void set_mean(const IonStack& images, std::size_t group, Real n, GroupMoments<Real>& moments) {
  Four<Sum> sum = {};
  for (std::size_t i = 0; i < images.rows; ++i) {
    sum += __builtin_convertvector(load<Float4>(images.row(i) + group * kGroup), Four<Sum>);
  }
  moments.mean = __builtin_convertvector(sum, Four<Real>) / n;
}

template <class Real>
void set_products(const IonStack& images, std::size_t group, Real first_mean,
                  GroupMoments<Real>& moments) {
  const Four<Real> mean = moments.mean;
  Four<Real> own = {};
  Four<Real> cross = {};
  for (std::size_t i = 0; i < images.rows; ++i) {
    const float* row = images.row(i);
    const Four<Real> x =
        __builtin_convertvector(load<Float4>(row + group * kGroup), Four<Real>) - mean;
    const Real x0 = static_cast<Real>(row[0]) - first_mean;
    own += x * x;
    cross += x0 * x;
  }
  moments.own = own;
  moments.cross = cross;
}

/// Correlations of the first image with the others, weighted with the theoretical intensities. The
/// pixels without a row are added in one step.
template <class Sum, class Real>
double weighted_correlations(const IonStack& images, std::span<const float> theoretical,
                             std::uint32_t pixel_count) {
  const Real n = static_cast<Real>(pixel_count);
  const Real zeros = static_cast<Real>(pixel_count - images.rows);
  const Real freedom = static_cast<Real>(pixel_count - 1);
  Real first_mean = 0;
  Real first_variance = 0;
  double weighted = 0;
  for (std::size_t group = 0; group < images.groups; ++group) {
    GroupMoments<Real> moments;
    set_mean<Sum, Real>(images, group, n, moments);
    if (group == 0) first_mean = moments.mean[0];
    set_products<Real>(images, group, first_mean, moments);
    const std::size_t count = std::min(kGroup, theoretical.size() - group * kGroup);
    for (std::size_t k = 0; k < count; ++k) {
      const Real mean = moments.mean[k];
      const Real variance = (moments.own[k] + mean * mean * zeros) / freedom;
      if (group == 0 && k == 0) {
        first_variance = variance;
        continue;
      }
      const Real covariance = (moments.cross[k] + first_mean * mean * zeros) / freedom;
      const Real correlation = covariance / std::sqrt(first_variance * variance);
      if (std::isfinite(correlation)) {
        weighted += static_cast<double>(correlation) * theoretical[group * kGroup + k];
      }
    }
  }
  return weighted;
}

}  // namespace

double spatial_metric(const IonStack& images, std::span<const float> theoretical,
                      std::uint32_t pixel_count, SpatialArithmetic arithmetic) {
  std::size_t positive = 0;
  for (std::size_t i = 0; i < images.rows; ++i) positive += images.row(i)[0] > 0 ? 1U : 0U;
  if (positive < 2) return 0;
  double weights = 0;
  for (std::size_t k = 1; k < theoretical.size(); ++k) weights += theoretical[k];
  if (weights == 0) return 0;

  const double weighted =
      arithmetic == SpatialArithmetic::kDouble
          ? weighted_correlations<double, double>(images, theoretical, pixel_count)
      : pixel_count <= kLastSinglePixelCount
          ? weighted_correlations<float, float>(images, theoretical, pixel_count)
          : weighted_correlations<float, double>(images, theoretical, pixel_count);
  return std::clamp(weighted / weights, 0.0, 1.0);
}

}  // namespace ionloom::imaging
