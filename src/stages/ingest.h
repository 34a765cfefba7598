#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "imaging/peak_table.h"

namespace ionloom::stages {

// The peaks of consecutive spectra are brought into order of (m/z, spectrum, position) in four
// steps: count each range of spectra by m/z bucket; cut the buckets into partitions that fit a
// core's cache; put every peak into its partition; sort each partition. Ranges may be counted and
// placed in parallel, partitions sorted in parallel: the result is the same, because equal m/z keep
// the order of spectra.

/// Buckets divide every octave of m/z from 1 to 131,072 into 8192 (85 to 122 ppm wide); the first
/// and the last take what lies beyond.
inline constexpr std::size_t kMzBuckets = std::size_t{17} << 13;

/// Bucket of an m/z >= 0; never falls as m/z rises.
[[nodiscard]] inline std::uint32_t mz_bucket(double mz) {
  // Positive floats are ordered like their bits: 8 of exponent, then those of the mantissa.
  constexpr int kDroppedBits = 23 - 13;
  constexpr std::uint32_t kOne = std::bit_cast<std::uint32_t>(1.0F) >> kDroppedBits;
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(mz)) >> kDroppedBits;
  return std::min(std::max(bits, kOne) - kOne, static_cast<std::uint32_t>(kMzBuckets - 1));
}

/// Peaks per bucket in a range of spectra of fewer than 2^32 peaks.
using BucketCounts = std::vector<std::uint32_t>;

void count_peaks(std::span<const double> mz, BucketCounts& counts);

/// Peaks per bucket of any number of spectra.
using MzHistogram = std::vector<std::uint64_t>;

/// Adds a range's counts to a histogram; either may still be empty.
void add_counts(const BucketCounts& counts, MzHistogram& histogram);

/// Consecutive buckets that are sorted together: of about kPartitionPeaks peaks, or one bucket.
struct Partitions {
  std::vector<std::uint16_t> of_bucket;  ///< partition of each m/z bucket
  std::vector<std::uint64_t> first;  ///< place of each partition's first peak; last, their total

  [[nodiscard]] std::size_t size() const { return first.size() - 1; }
};

[[nodiscard]] Partitions cut_partitions(const MzHistogram& histogram);

/// Place of the next peak that a range puts into each partition.
using Places = std::vector<std::uint64_t>;

/// Where each of consecutive ranges begins in each partition.
[[nodiscard]] std::vector<Places> first_places(std::span<const BucketCounts> ranges,
                                               const Partitions& partitions);

/// Writes one spectrum's peaks to their places in `table` and advances the places.
/// REQUIRES: spectra of a range come in the order of the file.
void place_peaks(std::span<const double> mz, std::span<const float> intensity, std::uint32_t pixel,
                 const Partitions& partitions, Places& places, std::span<imaging::Peak> table);

/// Sorts peaks by m/z; equal ones keep their order. Holds scratch of bounded size; one per thread.
class PeakSorter {
 public:
  PeakSorter();

  /// Linear in the number of peaks up to kScratchPeaks of them, n log^2 n beyond.
  void sort(std::span<imaging::Peak> peaks);

  [[nodiscard]] static std::uint64_t memory_bound_bytes();

 private:
  void distribute(std::span<imaging::Peak> peaks);

  std::unique_ptr<imaging::Peak[]> scratch_;
  std::vector<std::uint32_t> ends_;
};

/// Bytes that counting, placing and sorting `peaks` peaks need at most, the table included.
/// @param ranges            ranges of spectra that are counted apart
/// @param threads           threads that read and sort
/// @param longest_spectrum  peaks of the longest spectrum
[[nodiscard]] std::uint64_t ingest_memory_bound_bytes(std::uint64_t peaks, std::uint64_t ranges,
                                                      std::uint64_t threads,
                                                      std::uint64_t longest_spectrum);

}  // namespace ionloom::stages
