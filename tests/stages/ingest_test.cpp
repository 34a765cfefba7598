#include "stages/ingest.h"

#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace ionloom::stages {
namespace {

using imaging::Peak;

struct Spectrum {
  std::vector<double> mz;
  std::vector<float> intensity;
};

/// Spectra with peaks at few distinct m/z, so that many are equal.
std::vector<Spectrum> random_spectra(std::size_t count) {
  std::mt19937 random(7);
  std::vector<Spectrum> spectra(count);
  for (Spectrum& spectrum : spectra) {
    const std::size_t peaks = random() % 400;
    for (std::size_t i = 0; i < peaks; ++i) {
      spectrum.mz.push_back(100 + static_cast<double>(random() % 100'000) / 64.0);
      spectrum.intensity.push_back(static_cast<float>(random() % 1000));
    }
  }
  return spectra;
}

/// Runs all steps with the spectra cut into ranges that begin at `cuts`.
std::vector<Peak> ingested(const std::vector<Spectrum>& spectra, std::vector<std::size_t> cuts) {
  cuts.push_back(spectra.size());
  const std::size_t ranges = cuts.size() - 1;
  std::vector<BucketCounts> counts(ranges);
  MzHistogram histogram;
  for (std::size_t r = 0; r < ranges; ++r) {
    for (std::size_t s = cuts[r]; s < cuts[r + 1]; ++s) count_peaks(spectra[s].mz, counts[r]);
    add_counts(counts[r], histogram);
  }
  const Partitions partitions = cut_partitions(histogram);
  std::vector<Places> places = first_places(counts, partitions);
  std::vector<Peak> table(partitions.first.back());
  for (std::size_t r = ranges; r-- > 0;) {  // ranges may come in any order
    for (std::size_t s = cuts[r]; s < cuts[r + 1]; ++s) {
      place_peaks(spectra[s].mz, spectra[s].intensity, static_cast<std::uint32_t>(s), partitions,
                  places[r], table);
    }
  }
  PeakSorter sorter;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    sorter.sort(std::span(table).subspan(partitions.first[p],
                                         partitions.first[p + 1] - partitions.first[p]));
  }
  return table;
}

TEST(Ingest, orders_peaks_by_mz_then_spectrum_then_position_for_any_cut) {
  const std::vector<Spectrum> spectra = random_spectra(300);
  std::vector<Peak> expected;
  for (std::size_t s = 0; s < spectra.size(); ++s) {
    for (std::size_t i = 0; i < spectra[s].mz.size(); ++i) {
      expected.push_back(
          {spectra[s].mz[i], spectra[s].intensity[i], static_cast<std::uint32_t>(s)});
    }
  }
  std::ranges::stable_sort(expected, {}, &Peak::mz);

  const auto same = [](const Peak& a, const Peak& b) {
    return a.mz == b.mz && a.intensity == b.intensity && a.pixel == b.pixel;
  };
  for (const std::vector<std::size_t>& cuts :
       {std::vector<std::size_t>{0}, {0, 150}, {0, 1, 2, 299}, {0, 0, 100, 100}}) {
    EXPECT_TRUE(std::ranges::equal(ingested(spectra, cuts), expected, same));
  }
}

TEST(Ingest, puts_every_mz_into_a_bucket_and_never_a_higher_one_into_a_lower) {
  std::uint32_t last = 0;
  for (const double mz : {0.0, 5e-324, 1e-40, 1.0, 99.99999999, 100.0, 100.03, 2000.0, 3.5e38,
                          std::numeric_limits<double>::max()}) {
    EXPECT_LT(mz_bucket(mz), kMzBuckets) << mz;
    EXPECT_GE(mz_bucket(mz), last) << mz;
    last = mz_bucket(mz);
  }
}

TEST(Ingest, cuts_partitions_at_buckets_and_leaves_none_out) {
  MzHistogram histogram(kMzBuckets, 0);
  histogram[10] = 50'000;  // more than one partition takes
  histogram[11] = 9'000;
  histogram[12] = 9'000;
  histogram[100'000] = 1;
  const Partitions partitions = cut_partitions(histogram);
  EXPECT_EQ(partitions.first.front(), 0U);
  EXPECT_EQ(partitions.first.back(), 68'001U);
  EXPECT_TRUE(std::ranges::is_sorted(partitions.of_bucket));
  EXPECT_NE(partitions.of_bucket[10], partitions.of_bucket[11]);
  EXPECT_NE(partitions.of_bucket[11], partitions.of_bucket[12]);
}

TEST(Ingest, numbers_partitions_in_16_bits_however_many_peaks_there_are) {
  // Every bucket just over half a target: the most cuts that the rule can make.
  const MzHistogram histogram(kMzBuckets, 8'200);
  const Partitions partitions = cut_partitions(histogram);
  EXPECT_LE(partitions.size(), 65'535U);
  EXPECT_EQ(partitions.first.back(), kMzBuckets * 8'200);
}

}  // namespace
}  // namespace ionloom::stages
