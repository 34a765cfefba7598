#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ionloom::imaging {

/// Closes small gaps of an image of levels: dilation with the 4-neighbour cross, then erosion with
/// the 3 x 3 square; pixels outside the image neither dilate nor erode. Thresholding commutes with
/// both, so one image of levels stands for its binary images at all levels.
///
/// Row by row: a row of the result needs the rows up to two above and below it. Which pixels are
/// not 0 is found first, 64 at a time on bits; levels are only worked out between them.
class LevelClosing {
 public:
  /// A stretch [first, last) of a row.
  struct Columns {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  explicit LevelClosing(std::size_t most_columns);

  /// Expects an image of this size. REQUIRES: all rows are 0; width is at most most_columns.
  void start(std::size_t width, std::size_t height);

  /// Where to write the pixels of a row that are not 0, before put_row(). REQUIRES: the row is 0.
  [[nodiscard]] std::uint8_t* row(std::size_t row) {
    return rows_[row % kRows].levels.data() + kMargin;
  }

  /// Takes a row, which is 0 outside columns [first, last), last > first.
  void put_row(std::size_t row, std::size_t first, std::size_t last);

  /// Gives a row its pixels that are not 0 one by one, which is faster for few than row() and
  /// put_row(). `column(i)` is that of levels[i]. REQUIRES: columns ascend; the row is 0.
  template <class Column>
  void put_pixels(std::size_t row, std::span<const std::uint8_t> levels, Column column) {
    Row& put = rows_[row % kRows];
    std::uint8_t* const out = put.levels.data() + kMargin;
    std::uint64_t* const bits = put.bits.data() + 1;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const std::size_t at = column(i);
      out[at] = levels[i];
      bits[at / kWord] |= std::uint64_t{levels[i] != 0} << (at % kWord);
    }
    put.first = column(0);
    put.last = column(levels.size() - 1) + 1;
  }

  /// Makes a row 0 again. Rows that are 8 apart share their place: one must be 0.
  void clear_row(std::size_t row);

  /// Writes the closed row where it is not 0. `closed` must be 0, also kMargin bytes before and
  /// after it, and is afterwards outside the columns that are returned; nothing is returned when
  /// the whole row is 0. REQUIRES: rows row - 2 .. row + 2 are put or 0, all others are 0.
  [[nodiscard]] std::optional<Columns> close_row(std::size_t row, std::uint8_t* closed);

  static constexpr std::size_t kMargin = 32;

  /// Bytes that a closing of images of this width holds.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t most_columns);

 private:
  static constexpr std::size_t kRows = 8;
  static constexpr std::size_t kWord = 64;

  struct Row {
    std::vector<std::uint8_t> levels;  ///< kMargin zeros, the row, at least kMargin zeros
    std::vector<std::uint64_t> bits;   ///< of levels > 0: a zero word, the row, a zero word or two
    std::size_t first = 0;             ///< columns outside [first, last) are 0
    std::size_t last = 0;
  };

  /// Rows outside the image are 0: their places are those of rows that are not put.
  [[nodiscard]] const Row& at(std::size_t row) const { return rows_[row % kRows]; }
  [[nodiscard]] std::optional<Columns> nonzero_columns(std::size_t row);

  std::array<Row, kRows> rows_;
  std::vector<std::uint64_t> dilated_bits_;  ///< eroded downwards already, with a word either side
  std::vector<std::uint8_t> dilated_;        ///< the same of levels, with margins
  std::size_t width_ = 0;
  std::size_t height_ = 0;
};

}  // namespace ionloom::imaging
