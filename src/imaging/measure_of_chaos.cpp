#include "imaging/measure_of_chaos.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "imaging/intensity_levels.h"
#include "imaging/vectors.h"

namespace ionloom::imaging {
namespace {

constexpr double kNearlyOne = 1.001e-5;
constexpr double kKeepAllShare = 0.9;

/// How many lines (rows or columns) the reference's crop leaves of an image whose last line has
/// peaks and the three before it have none.
///
/// The crop keeps the lines near a peak, or all if that is 90 % of them. It is meant as a dilation
/// by 2: four lines without peaks stay between what a wider gap parts, two in front of the first
/// and after the last, and the result is the same as without a crop. But here the line before the
/// last is lost: peaks five lines away come nearer, and with no other peak only the last line and
/// one in front of it are left. So nothing needs to be cropped but in such an image, where the last
/// line moves forward. Source: METASPACE engine, metrics.py, compressed chaos image.
/// @param occupied  1 for lines with peaks
std::uint32_t lines_left(std::span<const std::uint8_t> occupied) {
  const std::size_t n = occupied.size();
  const auto forward = [&](std::size_t i) {
    return occupied[i] != 0 || (i >= 1 && occupied[i - 1] != 0) || (i >= 2 && occupied[i - 2] != 0);
  };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) kept += forward(i) || (i + 2 < n && forward(i + 2)) ? 1 : 0;
  if (static_cast<double>(kept) >= kKeepAllShare * static_cast<double>(n)) {
    return static_cast<std::uint32_t>(n);
  }
  const bool alone = std::ranges::count(occupied, 1) == 1;
  return static_cast<std::uint32_t>(alone ? std::min<std::size_t>(n - 1, 2) : n - 1);
}

struct Signal {
  std::uint64_t positive = 0;  ///< values above 0
  float highest = 0;           ///< 0 when none is
};

Signal signal_of(std::span<const float> values) {
  constexpr std::size_t kLanes = 4;
  Int4 positive[2] = {};  // each lane adds -1 for a positive value: at most 2^29 of 2^32 pixels
  Float4 highest[2] = {};
  std::size_t i = 0;
  for (; i + 2 * kLanes <= values.size(); i += 2 * kLanes) {
    for (std::size_t k = 0; k < 2; ++k) {
      const auto four = load<Float4>(&values[i + k * kLanes]);
      positive[k] += four > 0.0F;
      highest[k] = higher_of(four, highest[k]);
    }
  }
  Signal signal;
  const auto take = [&signal](float value) {
    signal.highest = value > signal.highest ? value : signal.highest;
  };
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (std::size_t k = 0; k < 2; ++k) {
      signal.positive += static_cast<std::uint64_t>(-std::int64_t{positive[k][lane]});
      take(highest[k][lane]);
    }
  }
  for (; i < values.size(); ++i) {
    signal.positive += values[i] > 0 ? 1U : 0U;
    take(values[i]);
  }
  return signal;
}

}  // namespace

ChaosMeter::ChaosMeter(const PixelGrid& grid)
    : grid_(grid), closing_(grid.width), counter_(grid.width, grid.height) {
  rows_.reserve(grid.height);
  levels_.reserve(grid.pixel_count());
  occupied_.reserve(std::max(grid.width, grid.height));
}

/// A row ends where its entries would end if it had no gaps, or else before: only the ends of rows
/// are looked for, in steps that double, and a full row is found at once.
void ChaosMeter::find_rows(std::span<const std::uint32_t> pixels) {
  rows_.clear();
  for (std::size_t first = 0; first < pixels.size();) {
    const std::uint32_t position = position_of(pixels[first]);
    const std::uint32_t y = position / grid_.width;
    const std::uint32_t next_row = (y + 1) * grid_.width;
    const auto in_row = [&](std::uint32_t pixel) { return position_of(pixel) < next_row; };
    std::size_t last = std::min<std::size_t>(pixels.size(), first + (next_row - position));
    if (!in_row(pixels[last - 1])) {
      std::size_t inside = first;
      std::size_t step = 1;
      for (; in_row(pixels[std::min(inside + step, last - 1)]); step *= 2) inside += step;
      const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(inside + 1);
      const auto end = pixels.begin() + static_cast<std::ptrdiff_t>(std::min(inside + step, last));
      last = static_cast<std::size_t>(std::partition_point(begin, end, in_row) - pixels.begin());
    }
    rows_.push_back({.y = y,
                     .origin = y * grid_.width,
                     .first = static_cast<std::uint32_t>(first),
                     .last = static_cast<std::uint32_t>(last)});
    first = last;
  }
}

void ChaosMeter::crop(std::span<const std::uint32_t> pixels) {
  width_ = grid_.width;
  height_ = grid_.height;
  if (rows_.back().y + 1 == height_ &&
      (rows_.size() == 1 || rows_[rows_.size() - 2].y + 4 < height_)) {
    occupied_.assign(height_, 0);
    for (const Row& row : rows_) occupied_[row.y] = 1;
    height_ = lines_left(occupied_);
    rows_.back().y = height_ - 1;
  }
  const auto column = [&](const Row& row, std::size_t entry) {
    return position_of(pixels[entry]) - row.origin;
  };
  bool in_last = false;
  for (const Row& row : rows_) {
    std::uint32_t end = row.last;
    if (column(row, end - 1) + 1 == width_) {
      in_last = true;
      --end;
    }
    if (end > row.first && column(row, end - 1) + 4 >= width_) return;
  }
  if (!in_last) return;
  occupied_.assign(width_, 0);
  for (const Row& row : rows_) {
    for (std::size_t i = row.first; i < row.last; ++i) occupied_[column(row, i)] = 1;
  }
  width_ = lines_left(occupied_);
}

void ChaosMeter::put_row(const Row& row, std::span<const std::uint32_t> pixels) {
  const auto entries = pixels.subspan(row.first, row.last - row.first);
  const auto levels = std::span(levels_).subspan(row.first, entries.size());
  // Only a row's last entry can lie in the last column, which the crop may have moved.
  const std::uint32_t last_column = position_of(entries.back()) - row.origin;
  const std::uint32_t last = std::min(last_column, width_ - 1);
  const std::uint32_t first = std::min(position_of(entries.front()) - row.origin, last);
  constexpr std::size_t kFewInAWord = 8;  // for which it takes longer to go through 64 pixels
  if (entries.size() < kFewInAWord * ((last - first) / 64 + 1)) {
    closing_.put_pixels(row.y, levels, [&](std::size_t i) {
      return std::min(position_of(entries[i]) - row.origin, last);
    });
    return;
  }
  std::uint8_t* const out = closing_.row(row.y);
  if (last - first == entries.size() - 1) {
    std::ranges::copy(levels, out + first);
  } else {
    const std::size_t others = entries.size() - 1;
    if (last_column - first == entries.back() - entries.front()) {  // the grid has no hole here
      const std::uint32_t shift = entries.front() - first;
      for (std::size_t i = 0; i < others; ++i) out[entries[i] - shift] = levels[i];
    } else {
      for (std::size_t i = 0; i < others; ++i) {
        out[position_of(entries[i]) - row.origin] = levels[i];
      }
    }
    out[last] = levels.back();
  }
  closing_.put_row(row.y, first, last + 1);
}

std::uint64_t ChaosMeter::count_regions(std::span<const std::uint32_t> pixels) {
  closing_.start(width_, height_);
  counter_.start();
  std::size_t oldest = 0;  // rows_[oldest, next) are put
  std::size_t next = 0;
  std::uint32_t y = 0;
  while (true) {
    while (oldest < next && rows_[oldest].y + 2 < y) closing_.clear_row(rows_[oldest++].y);
    while (next < rows_.size() && rows_[next].y <= y + 2) put_row(rows_[next++], pixels);
    const bool near = (next > 0 && rows_[next - 1].y + 1 >= y);
    if (near) {
      if (const auto columns = closing_.close_row(y, counter_.row())) {
        counter_.add_row(columns->first, columns->last);
      } else {
        counter_.add_empty_row();
      }
      if (++y == height_) break;
    } else {
      counter_.add_empty_row();
      if (next == rows_.size()) break;
      y = rows_[next].y - 1;
    }
  }
  while (oldest < next) closing_.clear_row(rows_[oldest++].y);
  return counter_.count();
}

double ChaosMeter::measure(const IonImage& image, ChaosRule rule) {
  const auto [positive, highest] = signal_of(image.values);
  if (positive == 0) return 0;
  levels_.resize(image.values.size());
  count_exceeded_levels(image.values, highest, levels_);
  find_rows(image.pixels);
  crop(image.pixels);
  const std::uint64_t regions = count_regions(image.pixels);
  if (regions == 0) return 0;
  const double mean = static_cast<double>(regions) / kIntensityLevels;
  const double chaos = 1 - mean / static_cast<double>(positive);
  if (rule == ChaosRule::kReference && std::abs(chaos - 1) <= kNearlyOne) return 0;
  return chaos;
}

std::uint64_t ChaosMeter::memory_bound_bytes(const GridSize& grid) {
  return grid.pixels + grid.height * sizeof(Row) + std::max(grid.width, grid.height) +
         LevelClosing::memory_bound_bytes(grid.width) +
         RegionCounter::memory_bound_bytes(grid.width, grid.height);
}

}  // namespace ionloom::imaging
