#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ionloom::imaging {

/// Counts the 4-connected regions of an image at all its levels together: sum over levels t >= 1 of
/// the number of regions of the pixels with level >= t. Rows are given one after the other.
///
/// At one level, regions = pixels - edges of a spanning forest. Summed over the levels, with an
/// edge as high as the lower of its two pixels, that is the sum of all pixels less the weight of a
/// maximum spanning forest. Two reductions keep most pixels out of it:
/// - Pixels of a row that rise to a top and fall again (a hill) hang on their top by edges of their
///   own height and cancel out; a hill counts as one node as high as its top.
/// - Of the edges between two rows only those at the tops of min(row above, row) can be needed: any
///   other closes a square in which it is a lowest edge.
/// An edge as high as the lower of two regions' highest points is a heaviest edge out of that
/// region, so the two are joined at once; the remaining edges are taken in descending order.
class RegionCounter {
 public:
  /// For images of at most so many pixels whose rows are erosions by three pixels, as those of
  /// LevelClosing are: tops of such rows lie at least four apart, which bounds the memory.
  RegionCounter(std::size_t width, std::size_t height);

  /// Forgets everything.
  void start();

  /// The levels (0..kHighestLevel) of the next row, all 0. May be written from kMargin bytes before
  /// the row's first pixel to kMargin after its last; these must be 0 again for add_row().
  [[nodiscard]] std::uint8_t* row() { return row_begin(current_); }

  /// Takes the next row, which is 0 outside columns [first, last).
  void add_row(std::size_t first, std::size_t last);

  /// The next row is 0 throughout.
  void add_empty_row();

  /// The sum over levels. The counter must be started again afterwards.
  [[nodiscard]] std::uint64_t count();

  /// Bytes that a counter for such images holds.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t width, std::uint64_t height);

  static constexpr std::size_t kMargin = 64;
  static constexpr std::size_t kHighestLevel = 30;

 private:
  [[nodiscard]] std::uint8_t* row_begin(std::size_t which) {
    return levels_[which].data() + kMargin;
  }

  struct Edge {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t next = 0;  ///< another edge of the same height
  };
  struct Hill {
    std::uint32_t first = 0;  ///< column
    std::uint32_t node = 0;
  };

  void find_hills(std::size_t first_word, std::size_t last_word);
  void join_rows(std::size_t first_word, std::size_t last_word);
  void join(std::uint32_t a, std::uint32_t b, std::uint8_t height);
  [[nodiscard]] std::uint32_t root(std::uint32_t node);
  void link(std::uint32_t a, std::uint32_t b);

  std::array<std::vector<std::uint8_t>, 2> levels_;  ///< this row and the one before, with margins
  std::array<std::vector<Hill>, 2> hills_;
  std::array<std::size_t, 2> first_{};  ///< columns outside [first, last) are 0
  std::array<std::size_t, 2> last_{};
  std::size_t current_ = 0;

  std::vector<std::uint32_t> parent_;  ///< of each node; a root is its region's highest node
  std::vector<std::uint8_t> top_;      ///< level of each node
  std::vector<Edge> edges_;            ///< those that could not be decided at once
  std::array<std::uint32_t, kHighestLevel + 1> edges_of_height_{};
  std::uint64_t sum_ = 0;  ///< levels of nodes less heights of the forest's edges
};

}  // namespace ionloom::imaging
