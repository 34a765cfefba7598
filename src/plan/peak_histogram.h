#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ionloom::plan {

/// A range of m/z, both ends included.
struct MzRange {
  double low_mz = 0;
  double high_mz = 0;
};

/// How many peaks lie in a range, as far as a histogram tells: the truth is not outside.
struct PeakRange {
  std::uint64_t least = 0;
  std::uint64_t most = 0;

  bool operator==(const PeakRange&) const = default;
};

/// Peaks of a dataset in any m/z range, before one of them is read again: from the exact counts per
/// m/z bucket that ingest leaves. A range costs two look-ups.
class PeakHistogram {
 public:
  /// Bucket of an m/z; must never fall as m/z rises (stages::mz_bucket).
  using BucketOf = std::uint32_t (*)(double mz);

  /// @param counts     peaks in every bucket
  /// @param bucket_of  gives only buckets that `counts` has
  PeakHistogram(std::span<const std::uint64_t> counts, BucketOf bucket_of);

  [[nodiscard]] std::uint64_t size() const { return before_.back(); }  ///< all peaks

  /// Peaks in a range: those of the buckets inside, to those of the buckets that it touches. None
  /// when the range is empty (low above high, or not a number).
  [[nodiscard]] PeakRange peaks_in(MzRange range) const;

  /// Sum over ranges, which may overlap: peaks that ions read from their windows.
  [[nodiscard]] PeakRange peaks_in_each(std::span<const MzRange> ranges) const;

  /// Peaks in the union of ranges: what a task holds that works on all of them.
  /// @param ranges  ascending in low_mz
  [[nodiscard]] PeakRange peaks_in_union(std::span<const MzRange> ranges) const;

  /// First buckets of `parts` stretches of about equally many peaks: the first is 0, they ascend. A
  /// stretch exceeds size() / parts by less than the peaks of one bucket.
  [[nodiscard]] std::vector<std::uint32_t> equal_parts(std::uint32_t parts) const;

 private:
  [[nodiscard]] std::uint64_t between(std::uint64_t first, std::uint64_t last) const;

  std::vector<std::uint64_t> before_;  ///< peaks in the buckets before each one; last, all
  BucketOf bucket_of_;
};

}  // namespace ionloom::plan
