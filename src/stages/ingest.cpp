#include "stages/ingest.h"

#include <algorithm>

namespace ionloom::stages {
namespace {

/// A partition and as much scratch fill half of a 1 MB second-level cache.
constexpr std::uint64_t kPartitionPeaks = 16'384;
constexpr std::uint64_t kMaxPartitions = 65'535;

}  // namespace

void count_peaks(std::span<const double> mz, BucketCounts& counts) {
  counts.resize(kMzBuckets);
  for (const double value : mz) ++counts[mz_bucket(value)];
}

void add_counts(const BucketCounts& counts, MzHistogram& histogram) {
  histogram.resize(kMzBuckets);
  for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
    histogram[bucket] += counts[bucket];
  }
}

Partitions cut_partitions(const MzHistogram& histogram) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : histogram) total += count;
  // Every cut leaves more than half a target behind, so this keeps their number in 16 bits.
  const std::uint64_t target = std::max(kPartitionPeaks, total / (kMaxPartitions / 2) + 1);

  Partitions partitions;
  partitions.of_bucket.reserve(histogram.size());
  partitions.first = {0};
  std::uint64_t place = 0;
  std::uint64_t size = 0;
  for (const std::uint64_t count : histogram) {
    // A bucket that overfills a partition that is at least half full begins the next one.
    if (size > target / 2 && size + count > target) {
      partitions.first.push_back(place);
      size = 0;
    }
    partitions.of_bucket.push_back(static_cast<std::uint16_t>(partitions.first.size() - 1));
    size += count;
    place += count;
  }
  partitions.first.push_back(place);
  return partitions;
}

std::vector<Places> first_places(std::span<const BucketCounts> ranges,
                                 const Partitions& partitions) {
  std::vector<Places> places(ranges.size(), Places(partitions.size(), 0));
  for (std::size_t r = 0; r < ranges.size(); ++r) {
    for (std::size_t bucket = 0; bucket < ranges[r].size(); ++bucket) {
      places[r][partitions.of_bucket[bucket]] += ranges[r][bucket];
    }
  }
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    std::uint64_t place = partitions.first[p];
    for (Places& range : places) {
      const std::uint64_t count = range[p];
      range[p] = place;
      place += count;
    }
  }
  return places;
}

void place_peaks(std::span<const double> mz, std::span<const float> intensity, std::uint32_t pixel,
                 const Partitions& partitions, Places& places, std::span<imaging::Peak> table) {
  for (std::size_t i = 0; i < mz.size(); ++i) {
    const std::uint16_t partition = partitions.of_bucket[mz_bucket(mz[i])];
    table[places[partition]++] = {mz[i], intensity[i], pixel};
  }
}

std::uint64_t ingest_memory_bound_bytes(std::uint64_t peaks, std::uint64_t ranges,
                                        std::uint64_t threads, std::uint64_t longest_spectrum) {
  const std::uint64_t table = peaks * sizeof(imaging::Peak);
  const std::uint64_t partitions = std::min(peaks / (kPartitionPeaks / 2) + 1, kMaxPartitions);
  const std::uint64_t counts =
      ranges * (kMzBuckets * sizeof(std::uint32_t) + partitions * sizeof(std::uint64_t)) +
      kMzBuckets * (sizeof(std::uint64_t) + sizeof(std::uint16_t));
  // A spectrum's bytes as they lie in the file and its two columns.
  const std::uint64_t reading = threads * longest_spectrum * 2 * (sizeof(double) + sizeof(float));
  return table + counts + std::max(reading, threads * PeakSorter::memory_bound_bytes());
}

}  // namespace ionloom::stages
