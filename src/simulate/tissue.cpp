#include "simulate/tissue.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "chem/transcendental.h"
#include "simulate/random_stream.h"
#include "simulate/smooth_field.h"

namespace ionloom::simulate {
namespace {

struct Blob {
  double x, y;                // centre
  double radius_x, radius_y;  // px
};

std::vector<Blob> draw_blobs(const Tissue& tissue, RandomStream& random) {
  const double w = tissue.width;
  const double h = tissue.height;
  const std::uint64_t count = 1 + random.below(3);
  std::vector<Blob> blobs;
  for (std::uint64_t i = 0; i < count; ++i) {
    // Side by side along the longer axis, with some disorder.
    const double along = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    const double jitter = count == 1 ? 0.03 : 0.08;
    double u = along + jitter * random.normal();
    double v = 0.5 + jitter * random.normal();
    const double radius_u = 0.55 / static_cast<double>(count) * random.uniform(0.8, 1.2);
    const double radius_v = 0.5 * random.uniform(0.7, 1.1);
    const bool wide = w >= h;
    blobs.push_back({(wide ? u : v) * w, (wide ? v : u) * h, (wide ? radius_u : radius_v) * w,
                     (wide ? radius_v : radius_u) * h});
  }
  return blobs;
}

/// The `count` pixels that lie deepest inside the blobs, whose outline is roughened by a field.
std::vector<std::uint32_t> pixels_of_blobs(const Tissue& tissue, std::size_t count,
                                           RandomStream& random) {
  const std::vector<Blob> blobs = draw_blobs(tissue, random);
  const double shorter = std::min(tissue.width, tissue.height);
  const std::vector<float> outline = smooth_field(tissue.width, tissue.height, shorter / 8, random);
  std::vector<std::uint32_t> order(outline.size());
  std::vector<float> inside(outline.size());
  for (std::uint32_t p = 0; p < order.size(); ++p) {
    order[p] = p;
    double best = -std::numeric_limits<double>::infinity();
    for (const Blob& blob : blobs) {
      const double dx = (tissue.x(p) + 0.5 - blob.x) / blob.radius_x;
      const double dy = (tissue.y(p) + 0.5 - blob.y) / blob.radius_y;
      best = std::max(best, 1 - std::sqrt(dx * dx + dy * dy));
    }
    inside[p] = static_cast<float>(best + 0.06 * outline[p]);
  }
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count - 1),
                   order.end(), [&](std::uint32_t a, std::uint32_t b) {
                     return inside[a] != inside[b] ? inside[a] > inside[b] : a < b;
                   });
  order.resize(count);
  std::sort(order.begin(), order.end());
  return order;
}

/// Distance to the nearest pixel outside the tissue (chamfer 1, sqrt 2), divided by the largest.
std::vector<float> depth_image(const Tissue& tissue) {
  const std::int64_t w = tissue.width;
  const std::int64_t h = tissue.height;
  std::vector<float> depth(static_cast<std::size_t>(w * h), 0.0F);
  for (const std::uint32_t p : tissue.pixels) depth[p] = std::numeric_limits<float>::max();
  const auto relax = [&](std::int64_t x, std::int64_t y, std::int64_t step) {
    float& here = depth[static_cast<std::size_t>(y * w + x)];
    const auto from = [&](std::int64_t dx, std::int64_t dy, float distance) {
      const std::int64_t nx = x + dx;
      const std::int64_t ny = y + dy;
      const bool in_box = nx >= 0 && nx < w && ny >= 0 && ny < h;
      const float there = in_box ? depth[static_cast<std::size_t>(ny * w + nx)] : 0.0F;
      here = std::min(here, there + distance);
    };
    from(-step, 0, 1.0F);
    from(0, -step, 1.0F);
    from(-step, -step, 1.41421356F);
    from(step, -step, 1.41421356F);
  };
  for (std::int64_t y = 0; y < h; ++y) {
    for (std::int64_t x = 0; x < w; ++x) relax(x, y, 1);
  }
  for (std::int64_t y = h; y-- > 0;) {
    for (std::int64_t x = w; x-- > 0;) relax(x, y, -1);
  }
  const float deepest = *std::max_element(depth.begin(), depth.end());
  for (float& value : depth) value = std::max(0.0F, (value - 1) / std::max(1.0F, deepest - 1));
  return depth;
}

/// Compartments with smooth borders: at each pixel the highest of a few coarse fields.
void draw_regions(Tissue& tissue, double shorter, RandomStream& random) {
  tissue.regions = static_cast<std::uint8_t>(3 + random.below(Tissue::kMostRegions - 2));
  tissue.region.assign(static_cast<std::size_t>(tissue.width) * tissue.height, 0);
  std::vector<float> highest;
  for (std::uint8_t r = 0; r < tissue.regions; ++r) {
    std::vector<float> field = smooth_field(tissue.width, tissue.height, shorter / 6, random);
    if (r == 0) {
      highest = std::move(field);
      continue;
    }
    for (std::size_t p = 0; p < field.size(); ++p) {
      if (field[p] <= highest[p]) continue;
      highest[p] = field[p];
      tissue.region[p] = r;
    }
  }
}

}  // namespace

Tissue make_tissue(const TissueOptions& options, std::uint64_t seed) {
  Tissue tissue;
  tissue.width = options.width;
  tissue.height = options.height;
  const double shorter = std::min(options.width, options.height);
  const std::size_t box = static_cast<std::size_t>(options.width) * options.height;

  RandomStream random(seed, Purpose::kTissue);
  const bool rectangular = random.uniform() < 0.41;
  const double drawn = rectangular ? 1.0 : random.uniform(0.4, 1.0);
  const double coverage = options.coverage.value_or(drawn);
  const auto count = std::clamp<std::size_t>(
      static_cast<std::size_t>(static_cast<double>(box) * coverage + 0.5), 1, box);
  tissue.pixels = pixels_of_blobs(tissue, count, random);
  tissue.depth = depth_image(tissue);

  tissue.tic_sd_ln = random.uniform(0.3, 1.0);
  tissue.tic_correlation_px = std::min(random.uniform(5.0, 20.0), shorter / 4);
  tissue.tic = smooth_field(options.width, options.height, tissue.tic_correlation_px, random);
  for (float& value : tissue.tic) {
    value = static_cast<float>(chem::exact_exp(tissue.tic_sd_ln * value));
  }

  draw_regions(tissue, shorter, random);
  const double finest_px = std::max(2.0, shorter / 40);
  const double coarsest_px = std::max(2.0, shorter / 5);
  const double ratio = chem::exact_log(coarsest_px / finest_px);
  for (std::size_t i = 0; i < Tissue::kFields; ++i) {
    const double step = static_cast<double>(i) / static_cast<double>(Tissue::kFields - 1);
    RandomStream own(seed, Purpose::kFields, i);
    tissue.fields[i] =
        smooth_field(options.width, options.height, finest_px * chem::exact_exp(ratio * step), own);
    rank_normalise(tissue.fields[i], tissue.pixels);
  }
  return tissue;
}

}  // namespace ionloom::simulate
