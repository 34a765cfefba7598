#include "plan/peak_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

constexpr std::uint32_t kBuckets = 50;

/// Buckets of 0.5 m/z; the last takes what lies beyond.
std::uint32_t half_buckets(double mz) {
  return std::min(static_cast<std::uint32_t>(mz * 2), kBuckets - 1);
}

struct RandomPeaks {
  std::vector<double> mz;
  std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(kBuckets);

  explicit RandomPeaks(std::uint32_t seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 500; ++i) {
      const double u = static_cast<double>(random() % 10'000) / 10'000;
      mz.push_back(u * u * 26);
      ++counts[half_buckets(mz.back())];
    }
  }
};

std::uint64_t count_in_union(const std::vector<double>& mz, std::span<const MzRange> ranges) {
  return static_cast<std::uint64_t>(std::ranges::count_if(mz, [&](double peak) {
    return std::ranges::any_of(ranges, [&](const MzRange& range) {
      return range.low_mz <= peak && peak <= range.high_mz;
    });
  }));
}

TEST(PeakHistogram, the_truth_is_never_outside_and_within_the_two_end_buckets) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const RandomPeaks peaks(seed);
    const PeakHistogram histogram(peaks.counts, half_buckets);
    ASSERT_EQ(histogram.size(), peaks.mz.size());
    std::mt19937 random(seed);
    for (int i = 0; i < 200; ++i) {
      const double low = static_cast<double>(random() % 2600) / 100;
      const MzRange range = {low, low + static_cast<double>(random() % 500) / 100};
      const std::uint64_t truth = count_in_union(peaks.mz, {&range, 1});
      const PeakRange found = histogram.peaks_in(range);
      EXPECT_LE(found.least, truth);
      EXPECT_GE(found.most, truth);
      EXPECT_LE(found.most - found.least, peaks.counts[half_buckets(range.low_mz)] +
                                              peaks.counts[half_buckets(range.high_mz)]);
    }
  }
}

TEST(PeakHistogram, a_peak_in_two_windows_counts_twice_in_each_and_once_in_the_union) {
  std::vector<std::uint64_t> counts(kBuckets);
  counts[4] = 10;  // m/z 2 to 2.5
  const PeakHistogram histogram(counts, half_buckets);
  const std::vector<MzRange> ranges = {{1, 3}, {1.5, 4}};
  EXPECT_EQ(histogram.peaks_in_each(ranges), (PeakRange{20, 20}));
  EXPECT_EQ(histogram.peaks_in_union(ranges), (PeakRange{10, 10}));
}

TEST(PeakHistogram, the_union_of_ascending_windows_holds_the_truth) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    const RandomPeaks peaks(seed);
    const PeakHistogram histogram(peaks.counts, half_buckets);
    std::mt19937 random(seed + 1000);
    std::vector<MzRange> ranges(1 + random() % 8);
    for (MzRange& range : ranges) {
      range.low_mz = static_cast<double>(random() % 2600) / 100;
      range.high_mz = range.low_mz + static_cast<double>(random() % 400) / 100;
    }
    std::ranges::sort(ranges, {}, &MzRange::low_mz);
    const std::uint64_t truth = count_in_union(peaks.mz, ranges);
    const PeakRange found = histogram.peaks_in_union(ranges);
    EXPECT_LE(found.least, truth);
    EXPECT_GE(found.most, truth);
    EXPECT_LE(found.most, histogram.peaks_in_each(ranges).most);
  }
}

TEST(PeakHistogram, an_empty_window_holds_nothing) {
  const PeakHistogram histogram(RandomPeaks(1).counts, half_buckets);
  EXPECT_EQ(histogram.peaks_in({3, 2}), PeakRange{});
  EXPECT_EQ(histogram.peaks_in({std::numeric_limits<double>::quiet_NaN(), 2}), PeakRange{});
  EXPECT_EQ(histogram.peaks_in_union({}), PeakRange{});
}

TEST(PeakHistogram, equal_parts_exceed_their_share_by_less_than_a_bucket) {
  const RandomPeaks peaks(7);
  const PeakHistogram histogram(peaks.counts, half_buckets);
  const std::uint64_t fullest = *std::ranges::max_element(peaks.counts);
  for (const std::uint32_t parts : {1U, 2U, 3U, 10U, 49U, 200U}) {
    std::vector<std::uint32_t> first = histogram.equal_parts(parts);
    ASSERT_EQ(first.size(), parts);
    EXPECT_EQ(first.front(), 0);
    EXPECT_TRUE(std::ranges::is_sorted(first));
    first.push_back(kBuckets);
    std::uint64_t all = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      std::uint64_t held = 0;
      for (std::uint32_t b = first[part]; b < first[part + 1]; ++b) held += peaks.counts[b];
      EXPECT_LT(held, peaks.mz.size() / parts + 1 + fullest);
      all += held;
    }
    EXPECT_EQ(all, peaks.mz.size());
  }
}

}  // namespace
}  // namespace ionloom::plan
