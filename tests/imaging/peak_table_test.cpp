#include "imaging/peak_table.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::imaging {
namespace {

TEST(Windows, include_both_ends) {
  const std::vector<Peak> peaks = {{99.9, 1, 0}, {100.0, 1, 1}, {100.5, 1, 2}, {101.0, 1, 3}};
  const auto [first, last] = peaks_in_window(peaks, {100.0, 101.0});
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(last, 4U);
}

TEST(Windows, are_the_same_wherever_the_search_begins) {
  std::mt19937 random(3);
  for (const std::size_t size : {0U, 1U, 2U, 15U, 100U, 3000U}) {
    std::vector<Peak> peaks(size);
    for (Peak& peak : peaks) peak.mz = 100 + static_cast<double>(random() % 1000) / 10;
    std::ranges::sort(peaks, {}, &Peak::mz);
    for (int trial = 0; trial < 500; ++trial) {
      const double lower = 99 + static_cast<double>(random() % 1030) / 10;
      const MzWindow window = {lower, lower + static_cast<double>(random() % 300) / 10};
      const auto first = std::ranges::lower_bound(peaks, window.lower, {}, &Peak::mz);
      const auto last = std::ranges::upper_bound(peaks, window.upper, {}, &Peak::mz);
      const PeakRange found = peaks_in_window(peaks, window, random() % (size + 10));
      ASSERT_EQ(found.first, static_cast<std::size_t>(first - peaks.begin()));
      ASSERT_EQ(found.last, static_cast<std::size_t>(last - peaks.begin()));
    }
  }
}

}  // namespace
}  // namespace ionloom::imaging
