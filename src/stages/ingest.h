#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imaging/peak_table.h"

namespace ionloom::stages {

// All peaks of a dataset are brought into order of (m/z, spectrum, position) in three steps:
// count each range of spectra by m/z bucket; turn the counts into places; put every peak into its
// place, then sort inside buckets. Ranges may be counted and placed in parallel, buckets sorted in
// parallel: the result is the same, because equal m/z keep the order of spectra.

/// Buckets are about 240 ppm wide, so that each holds few peaks.
inline constexpr std::size_t kMzBuckets = std::size_t{1} << 20;

/// Bucket of an m/z >= 0; never falls as m/z rises.
[[nodiscard]] std::uint32_t mz_bucket(double mz);

/// Peaks per bucket in a range of spectra; later the place of the range's next peak of each bucket.
using BucketCounts = std::vector<std::uint64_t>;

void count_peaks(std::span<const double> mz, BucketCounts& counts);

/// Replaces the counts of consecutive ranges by the places of their first peaks. Returns the number
/// of all peaks.
std::uint64_t counts_to_places(std::span<BucketCounts> ranges);

/// Writes one spectrum's peaks to their places in `table` and advances the places.
/// REQUIRES: spectra of a range come in the order of the file.
void place_peaks(std::span<const double> mz, std::span<const float> intensity, std::uint32_t pixel,
                 BucketCounts& places, std::span<imaging::Peak> table);

/// Sorts the buckets [first, last) of the table by m/z, equal ones in the order they were placed.
/// @param ends  place after each bucket's last peak: the last range's places when all are placed
void sort_buckets(std::size_t first, std::size_t last, const BucketCounts& ends,
                  std::span<imaging::Peak> table);

/// Bytes that the table and its making need at most.
/// @param ranges          ranges of spectra that are counted apart
/// @param longest_spectrum  peaks of the longest spectrum
[[nodiscard]] std::uint64_t ingest_memory_bound_bytes(std::uint64_t peaks, std::uint64_t ranges,
                                                      std::uint64_t longest_spectrum);

}  // namespace ionloom::stages
