#include "imaging/spectral_metric.h"

#include <algorithm>
#include <cmath>

#include "imaging/numpy_sum.h"

namespace ionloom::imaging {
namespace {

constexpr std::size_t kGroup = IonStack::kGroup;

/// Sums of a group of images over the pixels where the first image is positive; `gathered` has room
/// for the group's values of all rows.
Float4 sums_under_first(const IonStack& images, std::size_t group, float* gathered) {
  std::size_t rows = 0;
  for (std::size_t i = 0; i < images.rows; ++i) {
    const float* row = images.row(i);
    store(gathered + rows * kGroup, load<Float4>(row + group * kGroup));
    rows += row[0] > 0 ? 1U : 0U;
  }
  return numpy_sum(gathered, rows);
}

}  // namespace

double spectral_metric(const IonStack& images, std::span<const float> theoretical,
                       std::vector<float>& scratch) {
  const std::size_t width = images.groups * kGroup;
  const std::size_t needed = width + images.rows * kGroup;
  if (scratch.size() < needed) scratch.resize(needed);
  float* const sums = scratch.data();
  for (std::size_t group = 0; group < images.groups; ++group) {
    store(sums + group * kGroup, sums_under_first(images, group, sums + width));
  }
  double squares = 0;
  double theoretical_squares = 0;
  for (std::size_t k = 0; k < theoretical.size(); ++k) {
    const float square = sums[k] * sums[k];
    squares += static_cast<double>(square);
    theoretical_squares +=
        static_cast<double>(theoretical[k]) * static_cast<double>(theoretical[k]);
  }
  const float norm = std::sqrt(static_cast<float>(squares));
  const double theoretical_norm = std::sqrt(theoretical_squares);
  double differences = 0;
  for (std::size_t k = 0; k < theoretical.size(); ++k) {
    const double measured = sums[k] / norm;
    differences += std::abs(measured - theoretical[k] / theoretical_norm);
  }
  const double result = 1 - differences / static_cast<double>(theoretical.size());
  return result == 1 || std::isnan(result) ? 0 : result;
}

}  // namespace ionloom::imaging
