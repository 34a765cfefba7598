#include "imaging/level_closing.h"

#include <algorithm>
#include <bit>

#include "imaging/slopes.h"
#include "imaging/vectors.h"

namespace ionloom::imaging {
namespace {

constexpr std::uint64_t kTopBit = std::uint64_t{1} << 63;
constexpr std::ptrdiff_t kLanes = sizeof(Byte16);
constexpr std::uint8_t kOutside = 255;  ///< in an erosion, a pixel that does not erode

/// Dilation of the middle one of three rows with the cross, word by word.
std::uint64_t cross_of_bits(const std::uint64_t* above, const std::uint64_t* middle,
                            const std::uint64_t* below, std::size_t word) {
  const std::uint64_t from_left = middle[word] << 1 | middle[word - 1] >> 63;
  const std::uint64_t from_right = middle[word] >> 1 | middle[word + 1] << 63;
  return above[word] | middle[word] | below[word] | from_left | from_right;
}

Byte16 cross_of_levels(const std::uint8_t* above, const std::uint8_t* middle,
                       const std::uint8_t* below, std::ptrdiff_t at) {
  const Byte16 sides = higher_of(load<Byte16>(middle + at - 1), load<Byte16>(middle + at + 1));
  const Byte16 column = higher_of(load<Byte16>(above + at), load<Byte16>(below + at));
  return higher_of(load<Byte16>(middle + at), higher_of(sides, column));
}

}  // namespace

LevelClosing::LevelClosing(std::size_t most_columns)
    : dilated_bits_(most_columns / kWord + 3), dilated_(most_columns + 3 * kMargin) {
  for (Row& row : rows_) {
    row.levels.resize(most_columns + 3 * kMargin, 0);
    row.bits.resize(most_columns / kWord + 3, 0);
  }
}

void LevelClosing::start(std::size_t width, std::size_t height) {
  width_ = width;
  height_ = height;
}

void LevelClosing::put_row(std::size_t row, std::size_t first, std::size_t last) {
  Row& put = rows_[row % kRows];
  const std::uint8_t* const levels = put.levels.data() + kMargin;
  std::uint64_t* const bits = put.bits.data() + 1;
  for (std::size_t word = first / kWord; word <= (last - 1) / kWord; ++word) {
    Byte16 nonzero[4];
    for (std::size_t k = 0; k < 4; ++k) {
      const auto sixteen = load<Byte16>(levels + word * kWord + k * sizeof(Byte16));
      nonzero[k] = reinterpret_cast<Byte16>(sixteen != 0);
    }
    bits[word] = mask_of(nonzero);
  }
  put.first = first;
  put.last = last;
}

void LevelClosing::clear_row(std::size_t row) {
  Row& gone = rows_[row % kRows];
  const auto levels = gone.levels.begin() + kMargin;
  std::fill(levels + static_cast<std::ptrdiff_t>(gone.first),
            levels + static_cast<std::ptrdiff_t>(gone.last), 0);
  const auto bits = gone.bits.begin() + 1;
  std::fill(bits + static_cast<std::ptrdiff_t>(gone.first / kWord),
            bits + static_cast<std::ptrdiff_t>(gone.last / kWord + 1), 0);
  gone.first = gone.last = 0;
}

std::optional<LevelClosing::Columns> LevelClosing::nonzero_columns(std::size_t row) {
  std::size_t first = width_;
  std::size_t last = 0;
  for (std::size_t y = row + kRows - 2; y <= row + kRows + 2; ++y) {
    if (at(y).last == 0) continue;
    first = std::min(first, at(y).first);
    last = std::max(last, at(y).last);
  }
  if (last == 0) return std::nullopt;
  const std::size_t first_word = (first > 0 ? first - 1 : 0) / kWord;
  const std::size_t last_word = last / kWord;
  std::uint64_t* const dilated = dilated_bits_.data() + 1;
  const std::size_t dilations[3] = {row > 0 ? row - 1 : row, row,
                                    row + 1 < height_ ? row + 1 : row};
  const std::uint64_t* bits[3][3];
  for (std::size_t d = 0; d < 3; ++d) {
    for (std::size_t y = 0; y < 3; ++y) {
      bits[d][y] = at(dilations[d] + y + kRows - 1).bits.data() + 1;
    }
  }
  for (std::size_t word = first_word; word <= last_word; ++word) {
    dilated[word] = cross_of_bits(bits[0][0], bits[0][1], bits[0][2], word) &
                    cross_of_bits(bits[1][0], bits[1][1], bits[1][2], word) &
                    cross_of_bits(bits[2][0], bits[2][1], bits[2][2], word);
  }
  *(dilated + first_word - 1) = first_word == 0 ? kTopBit : 0;
  dilated[last_word + 1] = 0;
  dilated[width_ / kWord] |= std::uint64_t{1} << (width_ % kWord);

  Columns columns = {width_, 0};
  for (std::size_t word = first_word; word <= last_word; ++word) {
    std::uint64_t closed = dilated[word] & (dilated[word] << 1 | dilated[word - 1] >> 63) &
                           (dilated[word] >> 1 | dilated[word + 1] << 63);
    if (word == width_ / kWord) closed &= (std::uint64_t{1} << (width_ % kWord)) - 1;
    if (closed == 0) continue;
    columns.first = std::min(columns.first, word * kWord + std::countr_zero(closed));
    columns.last = word * kWord + std::bit_width(closed);
  }
  if (columns.last == 0) return std::nullopt;
  return columns;
}

std::optional<LevelClosing::Columns> LevelClosing::close_row(std::size_t row,
                                                             std::uint8_t* closed) {
  const auto columns = nonzero_columns(row);
  if (!columns) return std::nullopt;
  const auto levels = [&](std::size_t y) { return at(y + kRows).levels.data() + kMargin; };
  const std::size_t above = row > 0 ? row - 1 : row;  // a row outside does not erode
  const std::size_t below = row + 1 < height_ ? row + 1 : row;
  const std::uint8_t* const a[3] = {levels(above - 1), levels(above), levels(above + 1)};
  const std::uint8_t* const m[3] = {levels(row - 1), levels(row), levels(row + 1)};
  const std::uint8_t* const b[3] = {levels(below - 1), levels(below), levels(below + 1)};
  std::uint8_t* const dilated = dilated_.data() + kMargin;
  const auto first = static_cast<std::ptrdiff_t>(columns->first);
  const auto last = static_cast<std::ptrdiff_t>(columns->last);
  for (std::ptrdiff_t at = first - 1; at <= last; at += kLanes) {
    const Byte16 eroded = lower_of(
        cross_of_levels(a[0], a[1], a[2], at),
        lower_of(cross_of_levels(m[0], m[1], m[2], at), cross_of_levels(b[0], b[1], b[2], at)));
    store(dilated + at, eroded);
  }
  if (first == 0) dilated[-1] = kOutside;
  if (last == static_cast<std::ptrdiff_t>(width_)) dilated[last] = kOutside;
  for (std::ptrdiff_t at = first; at < last; at += kLanes) {
    store(closed + at,
          lower_of(load<Byte16>(dilated + at),
                   lower_of(load<Byte16>(dilated + at - 1), load<Byte16>(dilated + at + 1))));
  }
  std::fill_n(closed + last, kLanes, std::uint8_t{0});
  return columns;
}

std::uint64_t LevelClosing::memory_bound_bytes(std::uint64_t most_columns) {
  const std::uint64_t levels = most_columns + 3 * kMargin;
  const std::uint64_t bits = (most_columns / kWord + 3) * sizeof(std::uint64_t);
  return (kRows + 1) * (levels + bits);
}

}  // namespace ionloom::imaging
