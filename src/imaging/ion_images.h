#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/peak_table.h"

namespace ionloom::imaging {

/// One isotope image: intensities of the pixels where peaks lie. Empty when there is no image.
struct IonImage {
  std::vector<std::uint32_t> pixels;  ///< numbers in PixelGrid::positions, ascending, distinct
  std::vector<float> values;          ///< f32 sums in order of m/z

  [[nodiscard]] bool empty() const { return pixels.empty(); }
};

/// All images of one ion side by side: a row for each pixel where any of them is not 0. Rows are
/// padded with 0 to whole groups of four images, which are read and added together.
class IonStack {
 public:
  static constexpr std::size_t kGroup = 4;

  std::size_t rows = 0;
  std::size_t groups = 0;  ///< of images, a row has kGroup x groups values

  /// An image has a peak of intensity 0, so that its pixels are not just those with values.
  bool has_zero_peaks = false;

  /// Pixel of each row, ascending. Values follow row by row.
  [[nodiscard]] std::span<const std::uint32_t> pixels() const { return {pixels_.data(), rows}; }
  [[nodiscard]] const float* row(std::size_t i) const { return &values_[i * kGroup * groups]; }

  /// Makes room for `most_rows`, and for no more than `rows_ever` from stack to stack; what is
  /// there is lost.
  void start(std::size_t groups_a_row, std::size_t most_rows, std::size_t rows_ever);
  [[nodiscard]] std::uint32_t* pixel_data() { return pixels_.data(); }
  [[nodiscard]] float* value_data() { return values_.data(); }

 private:
  std::vector<std::uint32_t> pixels_;
  std::vector<float> values_;
};

/// Cuts ion images from a peak table. Where a pixel has several peaks their intensities are added
/// (never the maximum), in order of m/z. Holds scratch of one value a pixel and image; one per
/// thread. Source: METASPACE engine, annotate.py.
class IonImageExtractor {
 public:
  explicit IonImageExtractor(std::uint32_t pixel_count);

  /// Fills `image` with the pixels of the range's peaks.
  void extract(PeakTable peaks, PeakRange range, IonImage& image);

  /// Fills `stack` with one image for each range; an empty range gives an image without peaks.
  void extract(PeakTable peaks, std::span<const PeakRange> ranges, IonStack& stack);

  /// Whether a pixel has peaks of the first range and of another one.
  [[nodiscard]] bool share_a_pixel(PeakTable peaks, std::span<const PeakRange> ranges);

  /// Bytes that an extractor and one stack of so many images hold.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t pixels, std::uint64_t images);

 private:
  void mark(std::uint32_t pixel) {
    touched_[pixel / 64] |= std::uint64_t{1} << (pixel % 64);
    touched_words_[pixel / 4096] |= std::uint64_t{1} << (pixel / 64 % 64);
  }
  /// Calls visit(pixel) for the marked pixels, ascending, and unmarks them.
  template <class Visit>
  void take_marked(Visit visit);

  std::uint32_t pixel_count_;
  std::vector<float> dense_;                  ///< [pixel][image], all 0 between calls
  std::vector<std::uint64_t> touched_;        ///< one bit a pixel
  std::vector<std::uint64_t> touched_words_;  ///< one bit a word of touched_
};

}  // namespace ionloom::imaging
