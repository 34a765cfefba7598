#include "imaging/ion_images.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "imaging/vectors.h"

namespace ionloom::imaging {

void IonStack::start(std::size_t groups_a_row, std::size_t most_rows, std::size_t rows_ever) {
  rows = 0;
  groups = groups_a_row;
  const std::size_t width = kGroup * groups;
  pixels_.reserve(rows_ever);
  values_.reserve(rows_ever * width);
  pixels_.resize(std::max(pixels_.size(), most_rows));
  values_.resize(std::max(values_.size(), most_rows * width));
}

IonImageExtractor::IonImageExtractor(std::uint32_t pixel_count)
    : pixel_count_(pixel_count),
      touched_((pixel_count + 63) / 64, 0),
      touched_words_((pixel_count + 4095) / 4096, 0) {}

template <class Visit>
void IonImageExtractor::take_marked(Visit visit) {
  for (std::size_t i = 0; i < touched_words_.size(); ++i) {
    for (std::uint64_t words = touched_words_[i]; words != 0; words &= words - 1) {
      const std::size_t word = i * 64 + std::countr_zero(words);
      for (std::uint64_t bits = touched_[word]; bits != 0; bits &= bits - 1) {
        visit(static_cast<std::uint32_t>(word * 64 + std::countr_zero(bits)));
      }
      touched_[word] = 0;
    }
    touched_words_[i] = 0;
  }
}

void IonImageExtractor::extract(PeakTable peaks, PeakRange range, IonImage& image) {
  image.pixels.clear();
  image.values.clear();
  image.pixels.reserve(pixel_count_);
  image.values.reserve(pixel_count_);
  dense_.resize(std::max<std::size_t>(dense_.size(), pixel_count_), 0);
  for (const Peak& peak : peaks.subspan(range.first, range.size())) {
    dense_[peak.pixel] += peak.intensity;
    mark(peak.pixel);
  }
  take_marked([&](std::uint32_t pixel) {
    image.pixels.push_back(pixel);
    image.values.push_back(dense_[pixel]);
    dense_[pixel] = 0;
  });
}

void IonImageExtractor::extract(PeakTable peaks, std::span<const PeakRange> ranges,
                                IonStack& stack) {
  const std::size_t groups = (ranges.size() + IonStack::kGroup - 1) / IonStack::kGroup;
  const std::size_t width = groups * IonStack::kGroup;
  dense_.resize(std::max(dense_.size(), pixel_count_ * width), 0);
  std::size_t count = 0;
  float lowest = 1;
  for (std::size_t k = 0; k < ranges.size(); ++k) {
    float* const column = dense_.data() + k;
    for (const Peak& peak : peaks.subspan(ranges[k].first, ranges[k].size())) {
      column[peak.pixel * width] += peak.intensity;
      lowest = peak.intensity < lowest ? peak.intensity : lowest;
      mark(peak.pixel);
    }
    count += ranges[k].size();
  }
  stack.start(groups, std::min<std::size_t>(count, pixel_count_), pixel_count_);
  stack.has_zero_peaks = lowest == 0;
  std::uint32_t* pixels = stack.pixel_data();
  float* values = stack.value_data();
  take_marked([&](std::uint32_t pixel) {
    float* const from = &dense_[pixel * width];
    bool any = !stack.has_zero_peaks;
    for (std::size_t g = 0; g < width; g += IonStack::kGroup) {
      store(values + g, load<Float4>(from + g));
      store(from + g, Float4{});
    }
    for (std::size_t k = 0; !any && k < width; ++k) any = values[k] != 0;
    if (!any) return;
    *pixels++ = pixel;
    values += width;
  });
  stack.rows = static_cast<std::size_t>(pixels - stack.pixel_data());
}

bool IonImageExtractor::share_a_pixel(PeakTable peaks, std::span<const PeakRange> ranges) {
  const auto first = peaks.subspan(ranges[0].first, ranges[0].size());
  for (const Peak& peak : first) touched_[peak.pixel / 64] |= std::uint64_t{1} << (peak.pixel % 64);
  const bool shared = std::ranges::any_of(ranges.subspan(1), [&](const PeakRange& range) {
    return std::ranges::any_of(peaks.subspan(range.first, range.size()), [&](const Peak& peak) {
      return (touched_[peak.pixel / 64] >> (peak.pixel % 64) & 1) != 0;
    });
  });
  for (const Peak& peak : first) touched_[peak.pixel / 64] = 0;
  return shared;
}

std::uint64_t IonImageExtractor::memory_bound_bytes(std::uint64_t pixels, std::uint64_t images) {
  const std::uint64_t width = (images + IonStack::kGroup - 1) / IonStack::kGroup * IonStack::kGroup;
  const std::uint64_t scratch = pixels * width * sizeof(float) + pixels / 8 + pixels / 512 + 64;
  return scratch + pixels * (width * sizeof(float) + sizeof(std::uint32_t));
}

}  // namespace ionloom::imaging
