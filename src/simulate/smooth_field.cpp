#include "simulate/smooth_field.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ionloom::simulate {
namespace {

/// Running mean over 2 x radius + 1 values of a line, its ends mirrored; `line` has `count` values
/// `stride` apart.
void box_blur_line(float* line, std::size_t count, std::size_t stride, std::int64_t radius,
                   std::vector<double>& padded) {
  const auto n = static_cast<std::int64_t>(count);
  const auto at = [&](std::int64_t i) {
    const std::int64_t period = 2 * n;
    std::int64_t folded = i % period;
    if (folded < 0) folded += period;
    if (folded >= n) folded = period - 1 - folded;
    return static_cast<double>(line[static_cast<std::size_t>(folded) * stride]);
  };
  padded.resize(count + 2 * static_cast<std::size_t>(radius) + 1);
  for (std::size_t i = 0; i < padded.size(); ++i) {
    padded[i] = at(static_cast<std::int64_t>(i) - radius);
  }
  const auto window = static_cast<std::size_t>(2 * radius + 1);
  double sum = 0;
  for (std::size_t i = 0; i < window; ++i) sum += padded[i];
  const double scale = 1.0 / static_cast<double>(window);
  for (std::size_t i = 0; i < count; ++i) {
    line[i * stride] = static_cast<float>(sum * scale);
    sum += padded[i + window] - padded[i];
  }
}

}  // namespace

std::vector<float> smooth_field(std::uint32_t width, std::uint32_t height, double correlation_px,
                                RandomStream& random) {
  const std::size_t w = width;
  const std::size_t h = height;
  std::vector<float> field(w * h);
  for (float& value : field) value = static_cast<float>(random.normal());

  // Three box blurs are close to a Gaussian of variance 3 ((2r+1)^2 - 1) / 12; a kernel of
  // standard deviation s correlates values over s * sqrt(2).
  const double sigma = correlation_px / std::sqrt(2.0);
  const auto radius = static_cast<std::int64_t>((std::sqrt(4 * sigma * sigma + 1) - 1) / 2 + 0.5);
  std::vector<double> padded;
  for (int pass = 0; pass < 3 && radius > 0; ++pass) {
    for (std::size_t y = 0; y < h; ++y) box_blur_line(field.data() + y * w, w, 1, radius, padded);
    for (std::size_t x = 0; x < w; ++x) box_blur_line(field.data() + x, h, w, radius, padded);
  }

  double sum = 0;
  for (const float value : field) sum += value;
  const double mean = sum / static_cast<double>(field.size());
  double squares = 0;
  for (const float value : field) squares += (value - mean) * (value - mean);
  const double sd = std::sqrt(squares / static_cast<double>(field.size()));
  const double scale = sd > 0 ? 1 / sd : 0;
  for (float& value : field) value = static_cast<float>((value - mean) * scale);
  return field;
}

void rank_normalise(std::vector<float>& field, const std::vector<std::uint32_t>& pixels) {
  std::vector<std::uint32_t> order = pixels;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return field[a] != field[b] ? field[a] < field[b] : a < b;
  });
  const double scale = 1.0 / static_cast<double>(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    field[order[i]] = static_cast<float>((static_cast<double>(i) + 0.5) * scale);
  }
}

}  // namespace ionloom::simulate
