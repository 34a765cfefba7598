#include "imaging/measure_of_chaos.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ionloom::imaging {
namespace {

constexpr int kLevels = 30;
constexpr double kNearlyOne = 1.001e-5;
constexpr double kKeepAllShare = 0.9;
constexpr std::uint32_t kDropped = UINT32_MAX;

/// Number of levels l_i = f32(f32(max * i) / 30), i = 0..29, that a value exceeds.
class LevelScale {
 public:
  explicit LevelScale(float highest) {
    for (int i = 0; i < kLevels; ++i) {
      const float product = highest * static_cast<float>(i);
      levels_[static_cast<std::size_t>(i)] = product / static_cast<float>(kLevels);
    }
    finite_ = std::isfinite(levels_.back()) && levels_.back() > 0;
    per_value_ = static_cast<float>(kLevels) / highest;
  }

  [[nodiscard]] std::uint8_t exceeded(float value) const {
    if (!finite_) {  // overflow or underflow: levels need not ascend
      return static_cast<std::uint8_t>(
          std::ranges::count_if(levels_, [&](float level) { return value > level; }));
    }
    auto guess = std::clamp(static_cast<int>(value * per_value_), 0, kLevels);
    while (guess < kLevels && value > levels_[static_cast<std::size_t>(guess)]) ++guess;
    while (guess > 0 && !(value > levels_[static_cast<std::size_t>(guess - 1)])) --guess;
    return static_cast<std::uint8_t>(guess);
  }

 private:
  std::array<float, kLevels> levels_{};
  float per_value_ = 0;
  bool finite_ = false;
};

/// Which rows (or columns) the reference keeps: those near a peak, or all if that is 90 % of them.
/// Meant as a dilation by 2, but the row before the last is lost when only the last one has peaks.
/// Returns how many are kept and sets each one's place, kDropped for the others.
/// Source: METASPACE engine, metrics.py, compressed chaos image.
std::uint32_t keep_near_peaks(std::vector<std::uint32_t>& occupied) {
  const std::size_t n = occupied.size();
  std::vector<bool> forward(n);
  for (std::size_t i = 0; i < n; ++i) {
    forward[i] =
        occupied[i] != 0 || (i >= 1 && occupied[i - 1] != 0) || (i >= 2 && occupied[i - 2] != 0);
  }
  std::vector<bool> keep(n);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    keep[i] = forward[i] || (i + 2 < n && forward[i + 2]);
    kept += keep[i] ? 1 : 0;
  }
  const bool all = static_cast<double>(kept) >= kKeepAllShare * static_cast<double>(n);
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < n; ++i) occupied[i] = all || keep[i] ? place++ : kDropped;
  return place;
}

}  // namespace

ChaosMeter::ChaosMeter(const PixelGrid& grid) : grid_(grid) {}

std::uint64_t ChaosMeter::memory_bound_bytes(std::uint64_t box_size) {
  return box_size * (2 * sizeof(std::uint8_t) + 2 * sizeof(std::uint32_t)) + 4096;
}

void ChaosMeter::crop(const IonImage& image) {
  row_of_.assign(grid_.height, 0);
  column_of_.assign(grid_.width, 0);
  float highest = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const std::uint32_t position = grid_.positions[image.pixels[i]];
    row_of_[position / grid_.width] = 1;
    column_of_[position % grid_.width] = 1;
    highest = std::max(highest, image.values[i]);
  }
  height_ = keep_near_peaks(row_of_);
  width_ = keep_near_peaks(column_of_);
  level_.assign(std::size_t{width_} * height_, 0);
  const LevelScale scale(highest);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const std::uint32_t position = grid_.positions[image.pixels[i]];
    const std::size_t at =
        std::size_t{row_of_[position / grid_.width]} * width_ + column_of_[position % grid_.width];
    level_[at] = scale.exceeded(image.values[i]);
  }
}

/// Dilation with the 4-neighbour cross, then erosion with the 3 x 3 square, on levels instead of
/// one binary image a level: thresholding commutes with both. The erosion's square is separable.
void ChaosMeter::close_gaps() {
  const std::size_t w = width_;
  const std::size_t h = height_;
  closed_.resize(w * h);
  for (std::size_t y = 0; y < h; ++y) {
    const std::uint8_t* row = &level_[y * w];
    const std::uint8_t* above = y > 0 ? row - w : row;
    const std::uint8_t* below = y + 1 < h ? row + w : row;
    std::uint8_t* out = &closed_[y * w];
    for (std::size_t x = 0; x < w; ++x) out[x] = std::max({row[x], above[x], below[x]});
    for (std::size_t x = 1; x < w; ++x) out[x] = std::max(out[x], row[x - 1]);
    for (std::size_t x = 0; x + 1 < w; ++x) out[x] = std::max(out[x], row[x + 1]);
  }
  for (std::size_t y = 0; y < h; ++y) {  // rows: closed_ -> level_
    const std::uint8_t* row = &closed_[y * w];
    const std::uint8_t* above = y > 0 ? row - w : row;
    const std::uint8_t* below = y + 1 < h ? row + w : row;
    for (std::size_t x = 0; x < w; ++x) {
      level_[y * w + x] = std::min({row[x], above[x], below[x]});
    }
  }
  for (std::size_t y = 0; y < h; ++y) {  // columns: level_ -> closed_
    const std::uint8_t* row = &level_[y * w];
    std::uint8_t* out = &closed_[y * w];
    for (std::size_t x = 0; x < w; ++x) {
      const std::uint8_t left = x > 0 ? row[x - 1] : row[x];
      const std::uint8_t right = x + 1 < w ? row[x + 1] : row[x];
      out[x] = std::min({row[x], left, right});
    }
  }
}

/// Sum over the 30 levels of the number of 4-connected regions. A pixel that exceeds q levels is in
/// the images of levels 0..q-1; adding pixels from the highest q down, the number of regions after
/// all pixels of q or more is that of level q-1.
std::uint64_t ChaosMeter::count_regions() {
  const std::size_t w = width_;
  const std::size_t n = closed_.size();
  std::array<std::size_t, kLevels + 2> start{};
  for (const std::uint8_t level : closed_) ++start[static_cast<std::size_t>(kLevels - level) + 1];
  for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  order_.resize(n);
  std::array<std::size_t, kLevels + 2> next = start;
  for (std::size_t i = 0; i < n; ++i) {
    order_[next[static_cast<std::size_t>(kLevels - closed_[i])]++] = static_cast<std::uint32_t>(i);
  }

  parent_.assign(n, kDropped);
  const auto root = [&](std::uint32_t i) {
    while (parent_[i] != i) {
      parent_[i] = parent_[parent_[i]];
      i = parent_[i];
    }
    return i;
  };
  std::uint64_t regions = 0;
  std::uint64_t sum = 0;
  for (std::size_t bucket = 0; bucket < kLevels; ++bucket) {  // bucket: 30 - level
    for (std::size_t k = start[bucket]; k < start[bucket + 1]; ++k) {
      const std::uint32_t at = order_[k];
      parent_[at] = at;
      ++regions;
      const std::size_t x = at % w;
      const auto join = [&](std::size_t neighbour) {
        if (parent_[neighbour] == kDropped) return;
        const std::uint32_t a = root(at);
        const std::uint32_t b = root(static_cast<std::uint32_t>(neighbour));
        if (a == b) return;
        parent_[std::max(a, b)] = std::min(a, b);
        --regions;
      };
      if (x > 0) join(at - 1);
      if (x + 1 < w) join(at + 1);
      if (at >= w) join(at - w);
      if (at + w < n) join(at + w);
    }
    sum += regions;
  }
  return sum;
}

double ChaosMeter::measure(const IonImage& image, ChaosRule rule) {
  const auto positive = std::ranges::count_if(image.values, [](float v) { return v > 0; });
  if (positive == 0) return 0;
  crop(image);
  close_gaps();
  const std::uint64_t regions = count_regions();
  if (regions == 0) return 0;
  const double mean = static_cast<double>(regions) / kLevels;
  const double chaos = 1 - mean / static_cast<double>(positive);
  if (rule == ChaosRule::kReference && std::abs(chaos - 1) <= kNearlyOne) return 0;
  return chaos;
}

}  // namespace ionloom::imaging
