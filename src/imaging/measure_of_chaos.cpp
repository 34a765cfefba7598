#include "imaging/measure_of_chaos.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "imaging/intensity_levels.h"

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

}  // namespace

ChaosMeter::ChaosMeter(const PixelGrid& grid)
    : grid_(grid), closing_(grid.width), counter_(grid.width, grid.height) {
  rows_.reserve(grid.height);
  columns_.reserve(grid.pixel_count());
  levels_.reserve(grid.pixel_count());
  occupied_.reserve(std::max(grid.width, grid.height));
}

/// Rows and columns of the image's entries.
void ChaosMeter::place(const IonImage& image) {
  const std::size_t n = image.pixels.size();
  columns_.resize(n);
  rows_.clear();
  std::uint32_t row_start = 0;
  std::uint32_t row_end = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t position = grid_.positions[image.pixels[i]];
    if (position >= row_end) {
      const std::uint32_t y = position / grid_.width;
      row_start = y * grid_.width;
      row_end = row_start + grid_.width;
      if (!rows_.empty()) rows_.back().last = static_cast<std::uint32_t>(i);
      rows_.push_back({y, static_cast<std::uint32_t>(i), 0});
    }
    columns_[i] = position - row_start;
  }
  rows_.back().last = static_cast<std::uint32_t>(n);
}

void ChaosMeter::crop() {
  width_ = grid_.width;
  height_ = grid_.height;
  if (rows_.back().y + 1 == height_ &&
      (rows_.size() == 1 || rows_[rows_.size() - 2].y + 4 < height_)) {
    occupied_.assign(height_, 0);
    for (const Row& row : rows_) occupied_[row.y] = 1;
    height_ = lines_left(occupied_);
    rows_.back().y = height_ - 1;
  }
  bool in_last = false;
  for (const Row& row : rows_) {
    std::uint32_t end = row.last;
    if (columns_[end - 1] + 1 == width_) {
      in_last = true;
      --end;
    }
    if (end > row.first && columns_[end - 1] + 4 >= width_) return;
  }
  if (!in_last) return;
  occupied_.assign(width_, 0);
  for (const std::uint32_t column : columns_) occupied_[column] = 1;
  width_ = lines_left(occupied_);
  for (std::uint32_t& column : columns_) column = std::min(column, width_ - 1);
}

std::uint64_t ChaosMeter::count_regions() {
  closing_.start(width_, height_);
  counter_.start();
  std::size_t oldest = 0;  // rows_[oldest, next) are put
  std::size_t next = 0;
  std::uint32_t y = 0;
  while (true) {
    while (oldest < next && rows_[oldest].y + 2 < y) closing_.clear_row(rows_[oldest++].y);
    while (next < rows_.size() && rows_[next].y <= y + 2) {
      const Row& row = rows_[next++];
      const std::size_t size = row.last - row.first;
      closing_.put_row(row.y, std::span(columns_).subspan(row.first, size),
                       std::span(levels_).subspan(row.first, size));
    }
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
  std::uint64_t positive = 0;
  float highest = 0;
  for (const float value : image.values) {
    positive += value > 0 ? 1U : 0U;
    highest = value > highest ? value : highest;
  }
  if (positive == 0) return 0;
  levels_.resize(image.values.size());
  count_exceeded_levels(image.values, highest, levels_);
  place(image);
  crop();
  const std::uint64_t regions = count_regions();
  if (regions == 0) return 0;
  const double mean = static_cast<double>(regions) / kIntensityLevels;
  const double chaos = 1 - mean / static_cast<double>(positive);
  if (rule == ChaosRule::kReference && std::abs(chaos - 1) <= kNearlyOne) return 0;
  return chaos;
}

std::uint64_t ChaosMeter::memory_bound_bytes(const PixelGrid& grid) {
  const std::uint64_t entries = grid.pixel_count() * (sizeof(std::uint32_t) + sizeof(std::uint8_t));
  return entries + grid.height * sizeof(Row) + std::max(grid.width, grid.height) +
         LevelClosing::memory_bound_bytes(grid.width) +
         RegionCounter::memory_bound_bytes(grid.width, grid.height);
}

}  // namespace ionloom::imaging
