#include "stages/ingest.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace ionloom::stages {
namespace {

/// Below this many peaks a bucket is sorted by insertion, without scratch.
constexpr std::size_t kInsertionLimit = 24;

void insertion_sort(std::span<imaging::Peak> peaks) {
  for (std::size_t i = 1; i < peaks.size(); ++i) {
    const imaging::Peak peak = peaks[i];
    std::size_t k = i;
    for (; k > 0 && peaks[k - 1].mz > peak.mz; --k) peaks[k] = peaks[k - 1];
    peaks[k] = peak;
  }
}

}  // namespace

std::uint32_t mz_bucket(double mz) {
  // Non-negative floats are ordered like their bits; the top 20 below the sign number the buckets.
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(mz));
  return bits >> 11;
}

void count_peaks(std::span<const double> mz, BucketCounts& counts) {
  counts.resize(kMzBuckets);
  for (const double value : mz) ++counts[mz_bucket(value)];
}

std::uint64_t counts_to_places(std::span<BucketCounts> ranges) {
  for (BucketCounts& range : ranges) range.resize(kMzBuckets);
  std::uint64_t place = 0;
  for (std::size_t bucket = 0; bucket < kMzBuckets; ++bucket) {
    for (BucketCounts& range : ranges) {
      const std::uint64_t count = range[bucket];
      range[bucket] = place;
      place += count;
    }
  }
  return place;
}

void place_peaks(std::span<const double> mz, std::span<const float> intensity, std::uint32_t pixel,
                 BucketCounts& places, std::span<imaging::Peak> table) {
  for (std::size_t i = 0; i < mz.size(); ++i) {
    table[places[mz_bucket(mz[i])]++] = {mz[i], intensity[i], pixel};
  }
}

void sort_buckets(std::size_t first, std::size_t last, const BucketCounts& ends,
                  std::span<imaging::Peak> table) {
  std::uint64_t begin = first == 0 ? 0 : ends[first - 1];
  for (std::size_t bucket = first; bucket < last; ++bucket) {
    const std::uint64_t end = ends[bucket];
    const auto peaks = table.subspan(begin, end - begin);
    if (peaks.size() < kInsertionLimit) {
      insertion_sort(peaks);
    } else if (!std::ranges::is_sorted(peaks, {}, &imaging::Peak::mz)) {
      std::ranges::stable_sort(peaks, {}, &imaging::Peak::mz);
    }
    begin = end;
  }
}

std::uint64_t ingest_memory_bound_bytes(std::uint64_t peaks, std::uint64_t ranges,
                                        std::uint64_t longest_spectrum) {
  const std::uint64_t table = peaks * sizeof(imaging::Peak);
  const std::uint64_t counts = ranges * kMzBuckets * sizeof(std::uint64_t);
  // Peaks of one spectrum are read into columns that may have grown to twice their size; sorting a
  // bucket takes half of it again, at worst (one bucket holds all) half of the table.
  const std::uint64_t reading = ranges * longest_spectrum * 2 * (sizeof(double) + sizeof(float));
  return table + table / 2 + counts + reading;
}

}  // namespace ionloom::stages
